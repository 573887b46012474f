/*
 * Does the memory of a node that is gone fade?
 *
 * Z has died. Three others remember how much they have of what it said, and tell each other, so that whoever lacks something fetches a
 * table that has it. An hour after Z fell silent it is forgotten. Time goes on in ticks; in each, every node hears every other one.
 * A hello may take a tick on its way, a table up to SLOW ticks, and a node may restart, which forgets everything and fetches a table.
 *
 * -DTODAY: the rules of protocol version 2 (commit 770444f).
 * Checked: no cycle (a cycle is nodes that fetch from each other for ever), nobody fetches what it has had, nobody lacks anything
 * in the end. There is no other end than that all have forgotten: every action but those of a livelock is finite.
 */
#ifndef FORGET
#define FORGET 7
#endif
#ifndef MENTION
#define MENTION 3          /* those that are told of Z older than this learn nothing new; today there is no such margin */
#endif
#ifndef SLOW
#define SLOW 2
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#define N 3
#define NEVER 255

byte age[N];               /* for how long Z has been silent, as this node has it; NEVER: it knows nothing of Z */
bit has[N];                /* whether it has all that Z said */
bit mayLack[N];            /* whether it had not, at the start or since its own restart */
byte rest[N];              /* ticks until the table that it fetches is there; 0: it fetches none */
byte told[N];              /* how long Z had been silent for the source, as told in the hello before; NEVER: not mentioned */
byte passed[N];            /* ticks since that was told */
byte heard = 0;            /* which pairs have heard each other in this tick */
byte restarts = 0;
#ifdef TICKS
byte ticks = 0;            /* long after FORGET somebody still remembers: the same as a cycle, with a trail that can be read */
#endif

#ifdef TODAY
#define isMentioned(a) ((a) != NEVER)
#else
#define isMentioned(a) ((a) < MENTION)
#endif

/* q hears p's hello: Z has been silent for `a`. */
hidden byte a_, i_;
inline hear(q, p) {
  a_ = NEVER;
  if
  :: isMentioned(age[p]) -> a_ = age[p]
  :: isMentioned(age[p]) && age[p] > 0 -> a_ = age[p] - 1   /* the hello took a tick */
  :: !isMentioned(age[p])
  fi;
  if
  :: a_ != NEVER && rest[q] == 0 && has[p] && (age[q] == NEVER || !has[q]) ->
    /* q lacks something, or thinks so. */
#ifndef TODAY
    assert(mayLack[q]);
#endif
    told[q] = a_; passed[q] = 0;
    printf("- node %d hears from %d that Z has been silent for %d, and fetches its table\n", q, p, a_);
    if :: rest[q] = 1 :: SLOW > 1 -> rest[q] = 2 :: SLOW > 2 -> rest[q] = 3 fi
  :: else
  fi;
  a_ = 0
}

/* The table has come. */
inline finish(q) {
  if
  :: told[q] != NEVER ->
    has[q] = 1;
#ifdef TODAY
    /* The silence was told before the transfer, and is reckoned from its end. The younger note counts. */
    age[q] = (told[q] < age[q] -> told[q] : age[q])
#else
    /* A told silence is turned into an instant at once. What is known is not changed by what others tell. */
    age[q] = (age[q] == NEVER -> told[q] + passed[q] : age[q])
#endif
  :: else
  fi;
  printf("- node %d has the table; for it Z has now been silent for %d\n", q, age[q]);
  told[q] = NEVER; passed[q] = 0
}

inline tick() {
  heard = 0;
  i_ = 0;
  do
  :: i_ < N ->
    if
    :: age[i_] != NEVER ->
      age[i_]++;
      if :: age[i_] >= FORGET -> age[i_] = NEVER; mayLack[i_] = 0 :: else fi
    :: else
    fi;
    if
    :: rest[i_] > 0 ->
      rest[i_]--; passed[i_]++;
      if :: rest[i_] == 0 -> finish(i_) :: else fi
    :: else
    fi;
    i_++
  :: else -> break
  od;
  i_ = 0;
  printf("- a tick; ages of what is known of Z: %d %d %d (255: nothing)\n", age[0], age[1], age[2])
}

#define anybody (age[0] != NEVER || age[1] != NEVER || age[2] != NEVER || rest[0] > 0 || rest[1] > 0 || rest[2] > 0)

active proctype group() {
  atomic {
    told[0] = NEVER; told[1] = NEVER; told[2] = NEVER;
    has[0] = 1;
    /* Its last word came to each at another time, and perhaps not all of it. */
    if :: age[1] = 1 :: age[1] = 0 fi;
    if :: age[2] = 1 :: age[2] = 0 fi;
#ifdef TODAY
    has[1] = 1; has[2] = 1
#else
    if :: has[1] = 1 :: mayLack[1] = 1 fi;
    if :: has[2] = 1 :: mayLack[2] = 1 fi
#endif
  }
  do
  :: atomic {
    heard < 63 ->
    if
    :: !(heard & 1) -> heard = heard | 1; hear(0, 1)
    :: !(heard & 2) -> heard = heard | 2; hear(0, 2)
    :: !(heard & 4) -> heard = heard | 4; hear(1, 0)
    :: !(heard & 8) -> heard = heard | 8; hear(1, 2)
    :: !(heard & 16) -> heard = heard | 16; hear(2, 0)
    :: !(heard & 32) -> heard = heard | 32; hear(2, 1)
    fi
  }
  :: atomic {
    heard == 63 && anybody ->
#ifdef TICKS
    ticks++;
    assert(ticks < TICKS);
#endif
    d_step { tick() }
  }
  /* Node 2 restarts and joins node 0 or 1. */
  :: atomic {
    restarts < RESTARTS && heard == 0 ->
    restarts++;
    age[2] = NEVER; has[2] = 0; mayLack[2] = 1; told[2] = NEVER; passed[2] = 0;
    if
    :: rest[0] == 0 -> if :: has[0] && isMentioned(age[0]) -> told[2] = age[0] :: else fi
    :: rest[1] == 0 -> if :: has[1] && isMentioned(age[1]) -> told[2] = age[1] :: else fi
    fi;
    rest[2] = 1;
    has[2] = 1    /* what has been forgotten is in the table nevertheless */
  }
  :: atomic {
    heard == 63 && !anybody ->
    assert(has[0] && has[1] && has[2]);
    break
  }
  od
}
