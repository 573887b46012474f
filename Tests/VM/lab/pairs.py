"""Random configuration files that every module accepts, and random changes that lead from one to the next."""

from __future__ import annotations

import copy
import ipaddress
import json
from random import Random

from .configurations import Document

PROTOCOLS = ("TCP", "UDP", "ICMP")
ADDRESSES = tuple(f"192.0.2.{last}" for last in range(1, 9))
PREFIXES = (*ADDRESSES, "192.0.2.0/29", "192.0.2.8/30", "192.0.2.1/32")
# None of them has ephemeral ports, which 4.1.15 refuses without --force.
PORTS = ("1000-1999", "1500-2500", "2000-2999", "1000-9999", "3000-3000", "61001-65535", "9999-8000")
NUMBERS = {"lowest-ipv6-mtu": (1280, 1400), "tos": (0, 5), "f-args": (0, 3, 11, 15), "maximum-simultaneous-opens": (0, 10, 100), "ss-flush-deadline": (0, 100, 2000), "ss-capacity": (100, 512)}
# The sessions of the scenario have other timeouts, because a shorter timeout rightly ends some sessions.
TIMES = {"tcp-trans-timeout": ("4:00", "5:00.007", "1193:02:47.295")}
FLAGS64 = ("logging-debug", "zeroize-traffic-class", "override-tos", "address-dependent-filtering", "drop-icmpv6-info", "source-icmpv6-errors-better", "handle-rst-during-fin-rcv", "logging-bib")
FLAGS46 = ("logging-debug", "zeroize-traffic-class", "override-tos", "amend-udp-checksum-zero", "randomize-rfc6791-addresses")
PLATEAUS = ([], [1500], [0, 1280, 9000, 1280])


def set_variable(document: Document, random: Random) -> None:
    is_nat64 = "pool4" in document
    flags = {name: (True, False) for name in (FLAGS64 if is_nat64 else FLAGS46) if name != "logging-debug"}
    values = {"mtu-plateaus": PLATEAUS, **flags}
    if is_nat64:
        values |= NUMBERS | TIMES
    else:
        values |= {
            "lowest-ipv6-mtu": (1280, 1400), "tos": (0, 5), "eam-hairpin-mode": ("off", "simple", "intrinsic"),
            "pool6": ("64:ff9b::/96", "2001:db8:64::/64", None), "rfc6791v4-prefix": ("198.51.100.0/24", "203.0.113.8", None),
            "rfc6791v6-prefix": ("2001:db8:7::/64", None),
        }
    name = random.choice(list(values))
    document["global"][name] = random.choice(values[name])


def drop_variable(document: Document, random: Random) -> None:
    # Without ss-enabled, the test could not add sessions.
    names = [name for name in document["global"] if name != "ss-enabled" and not ("pool4" in document and name == "pool6")]
    if names:
        del document["global"][random.choice(names)]


def remove_entry(document: Document, random: Random) -> None:
    tables = [document[name] for name in ("pool4", "bib", "eamt", "denylist4") if document.get(name)]
    if tables:
        table = random.choice(tables)
        del table[random.randrange(len(table))]


def shuffle(document: Document, random: Random) -> None:
    random.shuffle(document[random.choice([name for name in ("pool4", "bib", "eamt", "denylist4") if name in document])])


# ----------------------------------------------------------------------------------------------------------- NAT64


def add_pool4(document: Document, random: Random) -> None:
    entry: Document = {"protocol": random.choice(PROTOCOLS), "prefix": random.choice(PREFIXES), "port range": random.choice(PORTS)}
    if random.random() < 0.3:
        entry["mark"] = random.choice((0, 1, 4294967295))
    document["pool4"].append(entry)


def limit_iterations(document: Document, random: Random) -> None:
    if document["pool4"]:
        entry = random.choice(document["pool4"])
        entry["max-iterations"] = random.choice((1, 5000, "auto", "infinity"))


def change_pool4(document: Document, random: Random) -> None:
    if document["pool4"]:
        entry = random.choice(document["pool4"])
        key, values = random.choice((("protocol", PROTOCOLS), ("prefix", PREFIXES), ("port range", PORTS), ("mark", (0, 1))))
        entry[key] = random.choice(values)


def add_binding(document: Document, random: Random) -> None:
    if document["pool4"]:
        entry = random.choice(document["pool4"])
        address = random.choice(list(ipaddress.ip_network(entry["prefix"])))
        client = f"2001:db8:1::{random.randint(1, 6)}#{random.randint(1, 4)}"
        port = random.choice(ports(entry))
        document["bib"].append({"protocol": entry["protocol"], "ipv6 address": client, "ipv4 address": f"{address}#{port}"})


def ports(entry: Document) -> range:
    ends = sorted(int(port) for port in entry["port range"].split("-"))
    return range(ends[0], ends[-1] + 1)


def has_mask(document: Document, protocol: str, address: str, port: int) -> bool:
    return any(
        entry["protocol"] == protocol and ipaddress.ip_address(address) in ipaddress.ip_network(entry["prefix"]) and port in ports(entry)
        for entry in document["pool4"]
    )


def unify_limits(document: Document) -> None:
    """Gives all entries of a table of pool4 the same limit. Of several ones, `file handle` takes another one than `apply`."""
    limits = {(e["protocol"], e.get("mark", 0)): e["max-iterations"] for e in document["pool4"] if "max-iterations" in e}
    for entry in document["pool4"]:
        if limit := limits.get((entry["protocol"], entry.get("mark", 0))):
            entry["max-iterations"] = limit


def drop_limits(document: Document, random: Random) -> None:
    if document["pool4"]:
        table = random.choice(document["pool4"])
        for entry in document["pool4"]:
            if entry["protocol"] == table["protocol"]:
                entry.pop("max-iterations", None)


def drop_impossible_bindings(document: Document) -> None:
    """Removes bindings that modules refuse: outside pool4, or of an address that another binding has."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for entry in document["bib"]:
        address, _, port = entry["ipv4 address"].partition("#")
        keys = {(entry["protocol"], entry[name]) for name in ("ipv6 address", "ipv4 address")}
        if has_mask(document, entry["protocol"], address, int(port)) and not keys & seen:
            seen |= keys
            kept.append(entry)
    document["bib"] = kept


# ------------------------------------------------------------------------------------------------------------ SIIT


def add_mapping(document: Document, random: Random) -> None:
    """Adds a mapping. Its prefixes may contain those of others, which needs --force. After some removals of such prefixes,
    modules up to 4.1.15 refuse correct changes, so this tests that `apply` makes the table anew."""
    bits = random.choice((16, 8, 4, 0))
    first6, first4 = random.randint(1, 3), random.randint(0, 3) if bits < 16 else 0
    document["eamt"].append({"ipv6 prefix": f"2001:db8:{first6}::/{128 - bits}", "ipv4 prefix": f"10.0.{first4}.0/{32 - bits}"})


def change_mapping(document: Document, random: Random) -> None:
    if document["eamt"]:
        entry, other = random.choice(document["eamt"]), random.choice(document["eamt"])
        entry["ipv4 prefix"], other["ipv4 prefix"] = other["ipv4 prefix"], entry["ipv4 prefix"]


def drop_impossible_mappings(document: Document) -> None:
    """Removes mappings that modules refuse: of a prefix that another one has, or of more IPv4 than IPv6 addresses."""
    seen: set[str] = set()
    kept = []
    for entry in document["eamt"]:
        networks = [ipaddress.ip_network(entry[name]) for name in ("ipv4 prefix", "ipv6 prefix")]
        if networks[0].num_addresses <= networks[1].num_addresses and not seen & {*entry.values()}:
            seen |= {*entry.values()}
            kept.append(entry)
    document["eamt"] = kept


def add_denied(document: Document, random: Random) -> None:
    document["denylist4"].append(random.choice(("203.0.113.0/24", "203.0.113.7", "198.51.100.0/25", "198.51.100.0/24", "10.9.0.0/16")))


# ------------------------------------------------------------------------------------------------------------ files

COMMON = (set_variable, set_variable, drop_variable, remove_entry, remove_entry, shuffle)
CHANGES = {
    "jool": (*COMMON, add_pool4, add_pool4, change_pool4, limit_iterations, drop_limits, add_binding, add_binding),
    "jool_siit": (*COMMON, add_mapping, add_mapping, change_mapping, add_denied),
}


def first(program: str) -> Document:
    document: Document = {"instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96"}}
    if program == "jool":
        document["global"]["ss-enabled"] = True
        return document | {"pool4": [{"protocol": "TCP", "prefix": "192.0.2.1", "port range": "1000-1999"}], "bib": []}
    return document | {"eamt": [], "denylist4": []}


def changed(program: str, document: Document, random: Random) -> Document:
    """A file that differs from `document` by one to six changes."""
    copied = copy.deepcopy(document)
    for change in random.choices(CHANGES[program], k=random.randint(1, 6)):
        change(copied, random)
    if program == "jool":
        unify_limits(copied)
        drop_impossible_bindings(copied)
    else:
        drop_impossible_mappings(copied)
    return copied


def normalized(text: str) -> Document:
    """A saved file in which the order of entries does not matter."""
    document = json.loads(text)
    for name in ("pool4", "bib", "eamt", "denylist4"):
        document[name] = sorted(json.dumps(entry) for entry in document.get(name, []))
    return document
