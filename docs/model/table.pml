/*
 * Do the tables of all nodes become equal, lives included?
 *
 * Three nodes, two clients, three sessions (0 and 1 are client 0's, 2 is client 1's) and two masks. The nodes say SAYS things
 * in all, with versions that count on from what they have said and heard. What is said reaches the others in any order, or
 * never. Then comes calm: nothing is said any more, and nodes compare their tables pair by pair until that changes nothing.
 *
 * -DTODAY: the rules of protocol version 2 (commit 770444f); versions of two nodes may be equal.
 * -DSAMETAG: the new rules, but for the tag that makes versions of two nodes differ.
 * -DOWNERS: look at masks and states alone, not at lives.  -DLEGACY: C proxies speak of session 0, modules of session 2 alone.
 * -DONEMASK: every client gets mask 0, as in two modules that know nothing of each other.
 *
 * -DREMOVALS: an administrator removes client 0's mapping, once or more often. The modules of nodes 1 and 2 have session 0
 * from before, and their audits may find it. Nothing removed may come back: after the calm, each session of client 0 has had a
 * packet since, and all nodes remember the same removal. States and lives are left out.
 * Three rules can be left out: -DUNCOMPARED: nodes do not compare and fetch removals.  -DFORGETFUL: nodes forget a removal
 * although there are older records.  -DRELEARNS: an audit takes what it finds for new.
 */
#ifndef SAYS
#define SAYS 3
#endif
#define N 3
#define S 3
#define client(s) ((s) == 2)
#define AT(n, s) ((n) * S + (s))

/* A row of a table; version 0: there is none. The life is in quarters of the timeout: 4 without slack, 5 with it. */
typedef Row { byte version; bit mask; bit state; byte life }
Row row[9];
byte latest[N];            /* the hybrid clock of each node: the highest version said or heard */

/* What was said; `unheard` has a bit for each node that has not heard it. */
typedef Word { byte session; byte version; bit mask; bit state; byte life; byte unheard }
Word word[SAYS];
byte words = 0;

/* What is chosen for the next step. It is part of the state, because the search must find it again after it has tried what
   follows from another choice. Afterwards it is 0. */
byte n_, k_, order_, w_session, w_life;
bit w_mask, w_state;
#define forget() n_ = 0; k_ = 0; order_ = 0; w_session = 0; w_mask = 0; w_state = 0; w_life = 0

/* The record that is looked at. `hidden` variables are no part of the state: each d_step sets them before it reads them. */
hidden byte r_session, r_version, r_life, i_, known_, round_;
hidden byte r_mask, r_state, fits_, took_, changed_;

#ifdef REMOVALS
#define REMOVAL 3          /* stands for a session in the word of a removal */
byte removed[N];           /* the version of the removal of client 0 that each node remembers; 0: none */
byte stale = 6;            /* a bit for each node whose module has session 0 from before */
/* Not known to any node: a bit for each version that a packet of client 0 was given, ever and since the last removal, and
   the version of that removal. */
int packets = 0, since = 0;
byte ended = 0;
#define isEnded(n, s, version) (client(s) == 0 && (version) <= removed[n])

/* A removal comes to node n. */
inline remove(n, number) {
  if
  :: number > removed[n] ->
    removed[n] = number;
    took_ = 1;
    i_ = 0;
    do
    :: i_ < S ->
      if
      :: isEnded(n, i_, row[AT(n, i_)].version) ->
        row[AT(n, i_)].version = 0; row[AT(n, i_)].mask = 0; row[AT(n, i_)].state = 0; row[AT(n, i_)].life = 0
      :: else
      fi;
      i_++
    :: else -> break
    od
  :: else
  fi
}
#endif

/* A total order of all that can be said: it differs for whatever differs (but for the life). */
#ifdef TODAY
#define RANK(v, state, mask, s) ((v) * 4 + (state) * 2 + (mask))
#else
#define RANK(v, state, mask, s) (((v) * 4 + (state) * 2 + (mask)) * 4 + (s))
#endif
#if defined(TODAY) || defined(SAMETAG)
#define later(version, n) ((version) + 1)
#else
#define later(version, n) (((version) / N + 1) * N + (n))
#endif
#define rank(i, s) RANK(row[i].version, row[i].state, row[i].mask, s)
#define r_rank RANK(r_version, r_state, r_mask, r_session)

/* Whether row i, of session s, cannot be in one table with the record: one client has one mask, one mask one client. */
#define isRival(i, s) ((s) != r_session && row[i].version > 0 && \
                       (client(s) == client(r_session)) != (row[i].mask == r_mask))
#define saysTheSame(i) (row[i].mask == r_mask && row[i].state == r_state)

/* Puts the record into the table of node n. Whoever is in the way leaves it. */
inline store(n) {
  i_ = 0;
  do
  :: i_ < S ->
    if
    :: isRival(AT(n, i_), i_) ->
      row[AT(n, i_)].version = 0; row[AT(n, i_)].mask = 0; row[AT(n, i_)].state = 0; row[AT(n, i_)].life = 0
    :: else
    fi;
    i_++
  :: else -> break
  od;
  known_ = AT(n, r_session);
  row[known_].version = r_version; row[known_].mask = r_mask; row[known_].state = r_state; row[known_].life = r_life
}

/* The record comes to node n. took_: it changed the table. */
inline accept(n) {
  if :: latest[n] < r_version -> latest[n] = r_version :: else fi;
  known_ = AT(n, r_session);
  fits_ = 1;
  if
  :: row[known_].version == 0
#ifdef REMOVALS
    fits_ = !isEnded(n, r_session, r_version)
#endif
#ifdef TODAY
  :: row[known_].version > 0 && saysTheSame(known_) ->
    /* The longer life counts, whoever spoke last. */
    fits_ = r_rank > rank(known_, r_session) || r_life > row[known_].life;
    if :: row[known_].version > r_version -> r_version = row[known_].version :: else fi;
    if :: row[known_].life > r_life -> r_life = row[known_].life :: else fi
  :: row[known_].version > 0 && !saysTheSame(known_) -> fits_ = r_rank > rank(known_, r_session)
#else
  :: row[known_].version > 0 ->
    /* The later word counts, with its life. The same word told again may have been delayed: the shorter life is true. */
    fits_ = r_rank > rank(known_, r_session) ||
            (r_rank == rank(known_, r_session) && r_life < row[known_].life)
#endif
  fi;
  i_ = 0;
  do
  :: i_ < S ->
    if
    :: isRival(AT(n, i_), i_) -> fits_ = fits_ && r_rank > rank(AT(n, i_), i_)
    :: else
    fi;
    i_++
  :: else -> break
  od;
  if :: fits_ -> store(n); took_ = 1 :: else fi
}

#define has(p, s) (row[AT(p, s)].version > 0)
#define equalDigests(p, q, s) (has(p, s) == has(q, s) && row[AT(p, s)].mask == row[AT(q, s)].mask && \
                               row[AT(p, s)].state == row[AT(q, s)].state)
#define equal(p, q, s) (row[AT(p, s)].version == row[AT(q, s)].version && row[AT(p, s)].mask == row[AT(q, s)].mask && \
                        row[AT(p, s)].state == row[AT(q, s)].state && row[AT(p, s)].life == row[AT(q, s)].life)
#ifdef OWNERS
#define agree(p, q, s) equalDigests(p, q, s)
#else
#define agree(p, q, s) equal(p, q, s)
#endif

#define load(p, s) \
  r_session = s; r_version = row[AT(p, s)].version; r_mask = row[AT(p, s)].mask; \
  r_state = row[AT(p, s)].state; r_life = row[AT(p, s)].life

/* Anti-entropy. `differs_`: the sessions whose digests differ; `had_`: the versions that the first node sent. */
hidden byte s_, differs_, had_[S];
#ifdef TODAY
/* p sends q the buckets that differ; q answers with what p lacks, and with what is strictly later. */
inline compare(p, q) {
  differs_ = 0; s_ = 0;
  do
  :: s_ < S ->
    if :: !equalDigests(p, q, s_) -> differs_ = differs_ | (1 << s_) :: else fi;
    had_[s_] = row[AT(p, s_)].version;
    s_++
  :: else -> break
  od;
  s_ = 0;
  do
  :: s_ < S ->
    if :: (differs_ & (1 << s_)) && has(p, s_) -> load(p, s_); accept(q) :: else fi;
    s_++
  :: else -> break
  od;
  s_ = 0;
  do
  :: s_ < S ->
    if
    :: (differs_ & (1 << s_)) && row[AT(q, s_)].version > had_[s_] -> load(q, s_); accept(p)
    :: else
    fi;
    s_++
  :: else -> break
  od
}
#else
/* The version is in the digest, the life is not. Each gets what differs from the other one. */
#define sameVersion(p, q, s) (equalDigests(p, q, s) && row[AT(p, s)].version == row[AT(q, s)].version)
inline fetch(n, source) {
#if defined(REMOVALS) && !defined(UNCOMPARED)
  remove(n, removed[source]);
#endif
  s_ = 0;
  do
  :: s_ < S ->
    if :: has(source, s_) && !sameVersion(n, source, s_) -> load(source, s_); accept(n) :: else fi;
    s_++
  :: else -> break
  od
}
inline compare(p, q) { fetch(p, q); fetch(q, p) }
#endif

/* A module gives a client the mask that it has, and a new client a mask that nobody has. */
inline checkMask(n) {
  i_ = 0; fits_ = 1;
  do
  :: i_ < S -> if :: isRival(AT(n, i_), i_) -> fits_ = 0 :: else fi; i_++
  :: else -> break
  od
}

#define printRow(n) printf("  node %d has %d,%d,%d,%d  %d,%d,%d,%d  %d,%d,%d,%d\n", n, \
  row[AT(n, 0)].version, row[AT(n, 0)].mask, row[AT(n, 0)].state, row[AT(n, 0)].life, \
  row[AT(n, 1)].version, row[AT(n, 1)].mask, row[AT(n, 1)].state, row[AT(n, 1)].life, \
  row[AT(n, 2)].version, row[AT(n, 2)].mask, row[AT(n, 2)].state, row[AT(n, 2)].life)
active proctype group() {
  do
  /* A module has a packet of a session (with slack), or an audit finds an idle session in it (without). */
  :: atomic {
    words < SAYS ->
    if :: n_ = 0 :: words > 0 -> n_ = 1 :: words > 0 -> n_ = 2 fi;  /* by symmetry, node 0 speaks first */
#ifdef LEGACY
    w_session = 2; w_mask = 1;
#elif defined(ONEMASK)
    if :: w_session = 0 :: w_session = 2 fi;
    w_mask = 0;
#else
    if :: w_session = 0 :: words > 0 -> w_session = 1 :: w_session = 2 fi;
    if :: w_mask = 0 :: words > 0 -> w_mask = 1 fi;
#endif
#if defined(ONEMASK) || defined(REMOVALS)
    w_state = 0;
#else
    if :: w_state = 0 :: w_state = 1 fi;
#endif
#ifdef REMOVALS
    w_life = 5;
#else
    if :: w_life = 5 :: w_life = 4 fi;
#endif
    d_step {
      r_session = w_session; r_mask = w_mask; r_state = w_state; r_life = w_life;
      checkMask(n_);
      if
      :: fits_ ->
        latest[n_] = later(latest[n_], n_);
        r_version = latest[n_];
#ifndef TODAY
        /* Who speaks merges: what is known is never said again with less life. */
        known_ = AT(n_, r_session);
        if
        :: row[known_].version > 0 && saysTheSame(known_) && row[known_].life > r_life -> r_life = row[known_].life
        :: else
        fi;
#endif
        store(n_);
#ifdef REMOVALS
        if :: client(r_session) == 0 -> packets = packets | (1 << r_version); since = since | (1 << r_version) :: else fi;
#endif
        word[words].session = r_session; word[words].version = r_version; word[words].mask = r_mask;
        word[words].state = r_state; word[words].life = r_life; word[words].unheard = 7 - (1 << n_);
        printf("- node %d says word %d: session %d, version %d, mask %d, state %d, life %d/4\n",
               n_, words, r_session, r_version, r_mask, r_state, r_life);
        words++
      :: else
      fi;
      forget()
    }
  }
#ifdef REMOVALS
  /* An administrator removes client 0 at a node. */
  :: atomic {
    words > 0 && words < SAYS ->
    if :: n_ = 0 :: n_ = 1 :: n_ = 2 fi;
    d_step {
      latest[n_] = later(latest[n_], n_);
      r_version = latest[n_];
      remove(n_, r_version);
      word[words].session = REMOVAL; word[words].version = r_version; word[words].unheard = 7 - (1 << n_);
      stale = stale & ~(1 << n_);    /* its module removes the mapping */
      ended = (ended < r_version -> r_version : ended); since = 0;
      printf("- node %d says word %d: client 0 is removed, version %d\n", n_, words, r_version);
      words++;
      forget()
    }
  }
  /* An audit finds session 0 in the module, from before everything else. If the client was removed since then, the module
     removes it. Otherwise its record is as old as its last packet. */
  :: atomic {
    words < SAYS && stale ->
    if :: (stale & 2) -> n_ = 1 :: (stale & 4) -> n_ = 2 fi;
    d_step {
      stale = stale & ~(1 << n_);
      r_session = 0; r_mask = 0; r_state = 0; r_life = 4;
#ifdef RELEARNS
      latest[n_] = later(latest[n_], n_);
      r_version = latest[n_];
#else
      r_version = n_;
#endif
      checkMask(n_);
      if
      :: fits_ && row[AT(n_, 0)].version == 0 && !isEnded(n_, 0, r_version) ->
        store(n_);
        word[words].session = 0; word[words].version = r_version; word[words].life = 4;
        word[words].unheard = 7 - (1 << n_);
        printf("- node %d finds session 0 in its module; word %d, version %d\n", n_, words, r_version);
        words++
      :: else
      fi;
      forget()
    }
  }
  /* A node forgets the removal, once nothing older can arrive any more. */
  :: atomic {
    if :: n_ = 0 :: n_ = 1 :: n_ = 2 fi;
    d_step {
      r_version = removed[n_];
#ifndef FORGETFUL
      i_ = 0;
      do
      :: i_ < N * S ->
        if :: client(i_ % S) == 0 && row[i_].version > 0 && row[i_].version <= r_version -> r_version = 0 :: else fi;
        i_++
      :: else -> break
      od;
      i_ = 0;
      do
      :: i_ < words ->
        if
        :: word[i_].session != REMOVAL && client(word[i_].session) == 0 && word[i_].version <= r_version && word[i_].unheard ->
          r_version = 0
        :: else
        fi;
        i_++
      :: else -> break
      od;
      if :: stale -> r_version = 0 :: else fi;
#endif
      if
      :: r_version > 0 -> removed[n_] = 0; printf("- node %d forgets the removal\n", n_)
      :: else
      fi;
      forget()
    }
  }
#endif
#ifdef LEGACY
  /* A C proxy has a packet of session 0; node n hears it, another one may not. Today it counts as said with the highest
     version heard. (By the new rules who hears it says it, as above.) */
  :: atomic {
    words < SAYS ->
    if :: n_ = 0 :: n_ = 1 fi;
    if :: w_state = 0 :: w_state = 1 fi;
    d_step {
      r_session = 0; r_mask = 0; r_life = 5; r_state = w_state;
      r_version = latest[n_];
      checkMask(n_);
      if :: row[AT(n_, 0)].version > r_version -> r_version = row[AT(n_, 0)].version :: else fi;
      if :: fits_ && r_version > 0 ->
        printf("- node %d hears a C proxy: session 0, mask 0, state %d; as version %d\n", n_, r_state, r_version);
        store(n_); words++
      :: else
      fi;
      forget()
    }
  }
#endif
  :: atomic {
    words > 0 ->
    if :: n_ = 0 :: n_ = 1 :: n_ = 2 fi;
    if :: k_ = 0 :: words > 1 -> k_ = 1 :: words > 2 -> k_ = 2 fi;
    d_step {
      if
      :: word[k_].unheard & (1 << n_) ->
        word[k_].unheard = word[k_].unheard & ~(1 << n_);
        r_session = word[k_].session; r_version = word[k_].version; r_mask = word[k_].mask;
        r_state = word[k_].state; r_life = word[k_].life;
#ifdef REMOVALS
        if
        :: r_session == REMOVAL ->
          if :: latest[n_] < r_version -> latest[n_] = r_version :: else fi;
          if :: r_version > removed[n_] -> stale = stale & ~(1 << n_) :: else fi;
          remove(n_, r_version)
        :: else -> accept(n_)
        fi;
#else
        accept(n_);
#endif
        printf("- word %d comes to node %d\n", k_, n_)
      :: else
      fi;
      forget()
    }
  }
  /* Calm. What was not heard so far is lost. */
  :: atomic {
    words == SAYS ->
    if :: order_ = 0 :: order_ = 1 :: order_ = 2 fi;
    d_step {
      round_ = 0; changed_ = 1;
      do
      :: changed_ && round_ < 12 ->
        round_++;
        took_ = 0;
        if
        :: order_ == 0 -> compare(0, 1); compare(0, 2); compare(1, 2)
        :: order_ == 1 -> compare(1, 2); compare(0, 2); compare(0, 1)
        :: order_ == 2 -> compare(0, 2); compare(0, 1); compare(1, 2)
        fi;
        changed_ = took_
      :: else -> break
      od
    };
    printf("- calm: nodes compare until nothing changes; (version, mask, state, life/4) of each session\n");
    printRow(0); printRow(1); printRow(2);
    assert(!changed_);    /* no livelock */
#ifdef REMOVALS
    assert(removed[0] == removed[1] && removed[0] == removed[2]);
    i_ = 0;
    do
    :: i_ < N * S ->
      if
      :: client(i_ % S) == 0 && row[i_].version > 0 && ended > 0 ->
        /* Nothing removed has come back. */
        assert((row[i_].version > ended && (packets & (1 << row[i_].version))) || (since & (1 << row[i_].version)))
      :: else
      fi;
      i_++
    :: else -> break
    od;
#endif
    assert(agree(0, 1, 0) && agree(0, 1, 1) && agree(0, 1, 2) && agree(0, 2, 0) && agree(0, 2, 1) && agree(0, 2, 2));
    break
  }
  od
}
