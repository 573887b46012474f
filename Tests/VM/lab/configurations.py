"""Random configuration files, which a module may accept or refuse: valid files with random changes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random

Document = dict

# Values near the limits of the modules. There are few of them, so that entries collide.
PREFIXES6 = ("64:ff9b::/96", "2001:db8::/32", "2001:db8::/33", "2001:db8::/64", "2001:db8::1/96", "2001:db8:0:0:ff00::/96", "::/0", "2001:db8::/97", "64::/40")
PREFIXES4 = ("192.0.2.0/24", "192.0.2.1/24", "127.0.0.0/8", "0.0.0.0/0", "169.254.1.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255", "10.0.0.0/8", "192.0.2.1/33", "128.0.0.0/1", "192.0.2.300")
NUMBERS = (0, 1, 9, 15, 16, 255, 256, 1279, 1280, 65535, 65536, 4294967295, 4294967296, -1, 1.5)
TIMES = ("0", "1:59.999", "2:00", "3:59.999", "4:00", "1:59:59.999", "2:00:00", "10:00:00", "1193:02:47.295", "1193:02:47.296", "x", 300)
PLATEAUS = ([], [0], [0, 0, 1500], [1500, 1280], list(range(1, 65)), list(range(1, 66)), [65536], ["x"])
BOOLEANS = (True, False, 1, "true", None)
VARIABLES = {
    "manually-enabled": BOOLEANS, "pool6": (*PREFIXES6, None), "lowest-ipv6-mtu": NUMBERS, "logging-debug": BOOLEANS,
    "override-tos": BOOLEANS, "tos": NUMBERS, "mtu-plateaus": PLATEAUS, "amend-udp-checksum-zero": BOOLEANS,
    "eam-hairpin-mode": ("off", "simple", "intrinsic", "never", 1), "rfc6791v6-prefix": (*PREFIXES6, None),
    "rfc6791v4-prefix": (*PREFIXES4, None), "address-dependent-filtering": BOOLEANS, "f-args": NUMBERS,
    "tcp-est-timeout": TIMES, "tcp-trans-timeout": TIMES, "udp-timeout": TIMES, "icmp-timeout": TIMES,
    "maximum-simultaneous-opens": NUMBERS, "ss-enabled": BOOLEANS, "ss-flush-asap": BOOLEANS, "ss-flush-deadline": NUMBERS,
    "ss-capacity": NUMBERS, "ss-max-payload": NUMBERS, "ss-max-sessions-per-packet": NUMBERS,
    "pool6791v4": PREFIXES4, "no-such-key": (1,),
}
PORTS = ("0", "0-0", "0-10", "1", "80", "1000-2000", "2000-1000", "32767", "32768", "60999", "61000", "61001-65535", "1-65535", "65536", "x", "")
MARKS = (0, 1, 2147483647, 2147483648, 4294967295, 4294967296, -1, "1")
ITERATIONS = (0, 1, 4294967295, 4294967296, "auto", "infinity", "never", None)
PROTOCOLS = ("TCP", "UDP", "ICMP", "tcp", "SCTP")
JSON_VALUES = (None, True, 7, -1, 1.5, "text", "", [], {}, [1], {"a": 1})


def nat64() -> Document:
    return {
        "instance": "check", "framework": "netfilter",
        "global": {"pool6": "64:ff9b::/96", "udp-timeout": "5:00", "f-args": 11},
        "pool4": [
            {"protocol": "TCP", "prefix": "192.0.2.0/30", "port range": "1000-2000"},
            {"protocol": "UDP", "prefix": "192.0.2.1", "port range": "1000-2000", "mark": 1, "max-iterations": 5},
            {"protocol": "ICMP", "prefix": "192.0.2.1"},
        ],
        "bib": [
            {"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#1080"},
            {"protocol": "UDP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#1080"},
        ],
    }


def siit() -> Document:
    return {
        "instance": "check", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96", "rfc6791v4-prefix": "198.51.100.0/24"},
        "eamt": [
            {"ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "192.0.2.0/24"},
            {"ipv6 prefix": "2001:db8:2::1", "ipv4 prefix": "198.51.100.1"},
        ],
        "denylist4": ["203.0.113.0/24"],
    }


# --------------------------------------------------------------------------------------------------------- changes


def set_variable(document: Document, random: Random) -> None:
    own = [name for name in VARIABLES if name in document["global"]] + list(VARIABLES)
    name = random.choice(own)
    document["global"][name] = random.choice(VARIABLES[name])


def drop_something(document: Document, random: Random) -> None:
    parts = [document, document["global"], *(e for s in ("pool4", "bib", "eamt") for e in document.get(s, []))]
    part = random.choice([part for part in parts if part])
    del part[random.choice(list(part))]


def add_pool4(document: Document, random: Random) -> None:
    prefix = random.choice(("192.0.2.1", "192.0.2.0/30", "192.0.2.0/24", "10.0.0.0/20", *PREFIXES4[:2]))
    entry = {"protocol": random.choice(PROTOCOLS), "prefix": prefix, "port range": random.choice(PORTS)}
    if random.random() < 0.3:
        entry["mark"] = random.choice(MARKS)
    if random.random() < 0.3:
        entry["max-iterations"] = random.choice(ITERATIONS)
    _insert(document, "pool4", entry, random)


def add_bib(document: Document, random: Random) -> None:
    entry = {
        "protocol": random.choice(PROTOCOLS[:3]),
        "ipv6 address": random.choice(("2001:db8::1#80", "2001:db8::1#81", "2001:db8::2#80", "::#0", "ff02::1#7", "2001:db8::1", "2001:db8::1#65536")),
        "ipv4 address": random.choice(("192.0.2.1#1080", "192.0.2.1#1081", "192.0.2.3#2000", "192.0.2.4#1080", "192.0.2.1#80", "192.0.2.1#0", "192.0.2.1#61001", "x#1")),
    }
    _insert(document, "bib", entry, random)


def add_eam(document: Document, random: Random) -> None:
    length = random.choice((0, 96, 112, 120, 124, 125, 128))
    first6 = random.choice(("2001:db8:1::", "2001:db8:1::10", "2001:db8:2::", "2001:db8:3::", "::"))
    first4 = random.choice(("192.0.2.0", "192.0.2.16", "192.0.0.0", "198.51.100.0", "203.0.113.0", "0.0.0.0"))
    shorter = max(0, 32 - (128 - length))
    length4 = random.choice((shorter, shorter, min(32, shorter + 1), max(0, shorter - 1), 32))
    _insert(document, "eamt", {"ipv6 prefix": f"{first6}/{length}", "ipv4 prefix": f"{first4}/{length4}"}, random)


def add_denied(document: Document, random: Random) -> None:
    _insert(document, random.choice(("denylist4", "denylist4", "blacklist4")), random.choice(PREFIXES4), random)


def repeat_entry(document: Document, random: Random) -> None:
    tables = [document[name] for name in ("pool4", "bib", "eamt", "denylist4") if document.get(name)]
    if tables:
        table = random.choice(tables)
        table.append(copy.deepcopy(random.choice(table)))


def shuffle_sections(document: Document, random: Random) -> None:
    members = list(document.items())
    random.shuffle(members)
    document.clear()
    document.update(members)


def replace_value(document: Document, random: Random) -> None:
    part: object = document
    while True:
        key = random.choice(list(part)) if isinstance(part, dict) else random.randrange(len(part))
        inner = part[key]
        if not (isinstance(inner, (dict, list)) and inner) or random.random() < 0.2:
            part[key] = random.choice(JSON_VALUES)
            return
        part = inner


def change_frame(document: Document, random: Random) -> None:
    key, values = random.choice((
        ("framework", ("iptables", "iptables", "iptables", "Netfilter", "")),
        ("instance", ("", "fifteen-letters", "sixteen-letters!", "tab\t", "é")),
        ("eamt", ([],)), ("pool4", ([],)), ("bib", ([],)), ("denylist4", ([],)), ("comment", ({},)),
    ))
    document[key] = random.choice(values)


def _insert(document: Document, table: str, entry: object, random: Random) -> None:
    entries = document.setdefault(table, [])
    entries.insert(random.randint(0, len(entries)), entry)


def damage(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    return random.choice((
        text[:at], text[:at] + random.choice('{}[]",:#/x0\n') + text[at:], text[:at] + text[at + 1:], text + " {}",
        text.replace('"framework"', '"FRAMEWORK"'), text.replace('"global"', '"global": {}, "global"'), "# a comment\n" + text,
    ))


COMMON = (set_variable, set_variable, set_variable, drop_something, repeat_entry, shuffle_sections, replace_value, change_frame)
CHANGES: dict[str, tuple[Callable[[Document, Random], None], ...]] = {
    "jool": (*COMMON, add_pool4, add_pool4, add_pool4, add_bib, add_bib, add_bib, add_bib),
    "jool_siit": (*COMMON, add_eam, add_eam, add_eam, add_eam, add_denied, add_denied),
}


def changed_file(random: Random) -> tuple[str, str]:
    """A program, and the text of a file for it. Most files have one or two changes, some have none, some are not
    JSON."""
    program = random.choice(("jool", "jool", "jool_siit"))
    document = nat64() if program == "jool" else siit()
    for change in random.choices(CHANGES[program], k=random.choice((0, 1, 1, 1, 1, 2, 2, 3))):
        try:
            change(document, random)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError):  # an earlier change removed this part
            continue
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return program, damage(text, random) if random.random() < 0.1 else text
