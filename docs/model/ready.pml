/*
 * Is a node that says "ready" complete, does everybody become complete, and may always somebody have the addresses?
 *
 * Three nodes. A start of a node is an incarnation; each says up to two updates, and can send the last one of them again.
 * A table is a set of facts: one for each update, and one (OLD) that was said by somebody whom all have forgotten.
 * Hellos tell the sender's state, how much it has of each incarnation (its version vector), whom it hears, and what it
 * asks and promises. A node acts by the last hello that it has, however old. Updates are lost, links are cut one way and heal,
 * nodes restart, all within the budgets below. At any time calm may come: nothing more goes wrong, and everybody has some turns.
 * ready.h has the rules.
 *
 * -DSCENE=1  nodes 1 and 2 have healed a partition in which both said more than can be sent again; node 0 starts.
 * -DSCENE=2  nodes 0 and 1, both ready, meet for the first time; node 2 starts.
 * -DSCENE=3  all are ready and know each other.
 * -DSCENE=4  as 3, but node 0 lacks an update of node 1 that cannot be sent again.
 * -DSCENE=5  node 2 is ready; nodes 0 and 1 start.
 * -DNOPROMISE  the new rules, but for the promise: a node yields to whoever is better by his last hello.
 * -DTODAY    the rules of protocol version 2 (commit 770444f).
 * -DONLY=truth, -DONLY=somebody, -DONLY=begun  only this is checked.
 *
 * Checked in each state:
 *   coverage   what a node says it has, it has
 *   truth      a ready node has what the nodes that it hears had when they said hello, but for what it is being sent again
 *   somebody   while a node with a table lives, or one has died unnoticed, a node may have the addresses
 *   begun      nobody is the first, with an empty table, who hears a node with a table, or hears of one
 *   recovery   after some turns of calm: all are ready, may have the addresses, are bound by no promise, and have the same facts.
 */
#ifndef SAYS
#define SAYS 2             /* updates said */
#endif
#ifndef LOSSES
#define LOSSES 1           /* of them, those that somebody does not get */
#endif
#ifndef MISSES
#define MISSES 0           /* hellos that somebody does not get */
#endif
#define NONE 7
#ifndef CUTS
#define CUTS 1             /* links cut, each one way */
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
c_decl {
\#include "ready.h"
}
c_track "&world" "sizeof(World)"

byte says = 0, losses = 0, misses = 0, cuts = 0, restarts = 0;
bit over = 0;
hidden byte n_, m_, to_, is_, coverage, truth, somebody, begun, recovery;  /* no part of the state */

#ifdef ONLY
#define properties assert(ONLY)
#define CALM 0
#else
#define properties assert(coverage); assert(truth); assert(somebody); assert(begun)
#define CALM 1
#endif
#define check \
  c_code { coverage = isCoverageTrue(); truth = isReadyTrue(); somebody = maySomebody(); begun = !world.isWrongFirst; }; \
  properties

active proctype group() {
  c_code { setUp(SCENE); };
  do
  /* A hello goes to all; one may miss it. */
  :: atomic {
    !over ->
    if :: n_ = 0 :: n_ = 1 :: n_ = 2 fi;
    if :: m_ = NONE :: misses < MISSES -> misses++; m_ = (n_ + 1) % 3 :: misses < MISSES -> misses++; m_ = (n_ + 2) % 3 fi;
    c_code { FOR(q, NODES) if (q != n_ && q != m_) sayHello(n_, q); show("node %d says hello, missed by %d", n_, m_); };
    check
  }
  /* Between two nodes. */
  :: atomic {
    !over ->
    if
    :: n_ = 0; m_ = 1 :: n_ = 0; m_ = 2 :: n_ = 1; m_ = 0 :: n_ = 1; m_ = 2 :: n_ = 2; m_ = 0 :: n_ = 2; m_ = 1
    fi;
    if
    :: c_code { timeOut(n_, m_); show("node %d has not heard %d for long", n_, m_); }
    :: c_code { fetch(n_, m_); show("node %d fetches the table of %d", n_, m_); }
    :: cuts < CUTS -> cuts++; c_code { world.cut |= link_(n_, m_); show("what %d sends does not reach %d any more", n_, m_); }
    fi;
    check
  }
  /* At one node. */
  :: atomic {
    !over ->
    if :: n_ = 0 :: n_ = 1 :: n_ = 2 fi;
    if
    :: c_code { finishFetch(n_); show("node %d has the table", n_, 0); }
    :: c_code { beFirst(n_); show("node %d finds nobody with a table", n_, 0); }
    :: c_code { FOR(a, STARTS) nak(n_, a); show("node %d asks for what is missing", n_, 0); }
    :: c_code { if (!isUp(n_) && !node(n_).may) start(n_); show("node %d starts", n_, 0); }
    :: restarts < RESTARTS ->
      c_code { is_ = isUp(n_); };
      if :: is_ -> c_code { stop(n_, NODES + now.restarts); show("node %d dies", n_, 0); }; restarts++ :: else fi
    :: says < SAYS ->
      c_code { is_ = node(n_).state >= MENDING && world.said[node(n_).incarnation] < UPDATES; };
      if
      :: is_ ->
        says++;
        if
        :: to_ = 7                               /* all hear it */
        :: losses < LOSSES -> losses++; to_ = 0  /* nobody does */
        :: losses < LOSSES -> losses++; to_ = (n_ == 0 -> 2 : 1)
        :: losses < LOSSES -> losses++; to_ = (n_ == 2 -> 2 : 4)
        fi;
        c_code { say(n_, to_); show("node %d says something to %x", n_, to_); }
      :: else
      fi
    fi;
    check
  }
  :: atomic { !over -> c_code { world.cut = 0; show("links heal", 0, 0); } }
  /* Calm. */
  :: atomic { CALM && !over -> over = 1; c_code { recovery = becomesWell(); }; assert(recovery); break }
  od
}
