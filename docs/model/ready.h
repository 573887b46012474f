/* The rules that ready.pml checks. Everything that is remembered is in `world`. */
#include <stdio.h>
#include <string.h>

#define NODES 3
#ifndef RESTARTS
#define RESTARTS 1
#endif
#define STARTS (NODES + RESTARTS)  /* incarnations */
#define UPDATES 2          /* of each incarnation */
#define WINDOW 1           /* updates that can be sent again */
#define ROUNDS 10
#define NOBODY 7

enum { DOWN, STARTING /* no table yet */, MENDING /* its table lacks something */, READY };

#define FACT(a, k) (1 << ((a) * UPDATES + (k)))
#define OLD (1 << (STARTS * UPDATES))
#define FOR(i, count) for (int i = 0; i < (count); i++)

typedef unsigned char Byte;

/* What p told q in its last hello. */
typedef struct {
  Byte alive;              /* it came within the peer timeout */
  Byte incarnation, state, may, asks, request, promise;
  Byte next[STARTS], top[STARTS];
  Byte hears;              /* incarnations that p hears */
  Byte tables;             /* those of them that have a table */
  short facts;             /* what p had: q does not learn that, but it should have it to be ready */
} Hello;

typedef struct {
  Byte state;
  Byte may;                /* may have the addresses; of a dead node: might, until all have noticed its death */
  Byte incarnation;
  Byte lost;               /* incarnations whose missing updates cannot be sent again */
  Byte source;             /* whose table is on its way */
  Byte asks, request;      /* who was asked to promise, and the number of that question */
  Byte promise[NODES];     /* to each other node: the number of its question; 0: none */
  short facts;
  short snapshot;          /* the table on its way, as it was when it left */
  Byte mark[STARTS], markTop[STARTS];  /* what it covers */
  Byte next[STARTS];       /* of each incarnation: 0 nothing, 1 the table that it began with, 1 + k its first k updates, too */
  Byte top[STARTS];        /* 1 + the number of the highest update that it has, perhaps with holes before it */
  Byte first[STARTS];      /* today: updates before it are not asked for */
  Hello hello[NODES];
} Node;

typedef struct {
  Node node[NODES];
  Byte said[STARTS];
  Byte isWrongFirst;       /* a node was the first although it had heard of a table */
  Byte cut;                /* a bit for each direction of each pair */
} World;

static World world;
#ifdef TODAY
enum { isToday = 1 };
#else
enum { isToday = 0 };
#endif
#ifdef NOPROMISE
enum { needsNoPromise = 1 };
#else
enum { needsNoPromise = 0 };
#endif
#define node(n) (world.node[n])
#define heard(q, p) (world.node[q].hello[p])

static int link_(int p, int q) { return 1 << (p * NODES + q); }
static int isUp(int n) { return node(n).state != DOWN; }
static int works(int p, int q) { return isUp(p) && isUp(q) && !(world.cut & link_(p, q)); }
static int isHeardBy(int q, int p) { return heard(q, p).hears >> node(q).incarnation & 1; }

static int hearsIncarnation(int q, int a) {
  FOR(p, NODES) if (p != q && heard(q, p).alive && heard(q, p).incarnation == a) return 1;
  return 0;
}

/* Updates that came out of order count as soon as those before them are there. */
static void advance(int q, int a) {
  Byte *next = &node(q).next[a];
  while (*next > 0 && *next <= UPDATES && node(q).facts & FACT(a, *next - 1)) ++*next;
}

static void note(Node *n, int a, int next) { if (next > n->top[a]) n->top[a] = next; }

/* How much of a those have whom q hears: a itself, or anybody with a table. */
static int wanted(int q, int a) {
  int most = 0;
  FOR(p, NODES) {
    Hello *h = &heard(q, p);
    if (p != q && h->alive && (h->incarnation == a || h->state >= MENDING) && h->next[a] > most) most = h->next[a];
  }
  return most;
}

/* Whether somebody with a table has more of a, which q does not hear, perhaps with holes. */
static int hasMore(int q, int p, int a) {
  Hello *h = &heard(q, p);
  return h->next[a] > node(q).next[a] || (!isToday && !hearsIncarnation(q, a) && h->top[a] > node(q).top[a]);
}

static int isBehindSomebody(int q, int a) {
  FOR(p, NODES) if (p != q && heard(q, p).alive && heard(q, p).state >= MENDING && hasMore(q, p, a)) return 1;
  return wanted(q, a) > node(q).next[a];
}

/* `behind`: incarnations of which others have more. `lost`: those of them that only a table makes good. */
static void measure(int q, int *behind, int *lost) {
  *behind = *lost = 0;
  FOR(a, STARTS) {
    if (a == node(q).incarnation) continue;
    if (!isBehindSomebody(q, a)) { node(q).lost &= ~(1 << a); continue; }
    *behind |= 1 << a;
    if (node(q).next[a] == 0 || node(q).lost >> a & 1 || !hearsIncarnation(q, a)) *lost |= 1 << a;
  }
}

/* --- The right to have the addresses ------------------------------------------------------------------------------ */

/* Whether q has all that `h` says that its sender has. */
static int covers(int q, Hello *h) {
  FOR(a, STARTS) {
    if (a != node(q).incarnation && (h->next[a] > node(q).next[a] || h->top[a] > node(q).top[a])) return 0;
  }
  return 1;
}

/* Whether p, as q has heard, has all that q has. */
static int isCoveredBy(int q, int p) {
  Node *n = &node(q);
  Hello *h = &heard(q, p);
  FOR(a, STARTS) if (a != h->incarnation && (n->next[a] > h->next[a] || n->top[a] > h->top[a])) return 0;
  return 1;
}

/* Whether q, which mends, may yield to p, as far as it has heard. */
static int isBetter(int q, int p) {
  Hello *h = &heard(q, p);
  if (p == q || !h->alive || !h->may || !isHeardBy(q, p)) return 0;
  return (h->state == READY && isCoveredBy(q, p)) || (h->state == MENDING && p < q);
}

static int isBound(int q) {
  FOR(p, NODES) if (node(q).promise[p] && !needsNoPromise) return 1;
  return 0;
}

/* Kept while the node mends, until somebody better has promised to keep it. */
static void settleRight(int q) {
  Node *n = &node(q);
  FOR(p, NODES) {
    Hello *h = &heard(q, p);
    if (n->promise[p] && !(h->alive && h->asks == q && h->request == n->promise[p])) n->promise[p] = 0;
  }
  if (n->state == READY) { n->may = 1; n->asks = NOBODY; }
  if (n->asks != NOBODY) {
    Hello *h = &heard(q, n->asks);
    if (!h->alive || !h->may) { n->may = 1; n->asks = NOBODY; }
    else if (h->promise == n->request || needsNoPromise) n->may = 0;
    else if (n->may && !isBetter(q, n->asks)) n->asks = NOBODY;
  }
  if (n->state == MENDING && n->may && n->asks == NOBODY && !isBound(q)) {
    FOR(p, NODES) {
      if (!isBetter(q, p)) continue;
      n->asks = p; n->request = n->request % 3 + 1;
      break;
    }
  }
  if (n->may && n->asks == NOBODY) {
    FOR(p, NODES) {
      Hello *h = &heard(q, p);
      if (p == q || !h->alive || h->asks != q || n->promise[p]) continue;
      if ((n->state == READY && covers(q, h)) || (n->state == MENDING && q < p)) n->promise[p] = h->request;
    }
  }
}

/* --- The state ---------------------------------------------------------------------------------------------------- */

static void react(int q) {
  Node *n = &node(q);
  int behind, lost;
  if (n->state < MENDING) return;
  measure(q, &behind, &lost);
  if (n->state == READY && lost) n->state = MENDING;
  else if (n->state == MENDING && !behind) n->state = READY;
  settleRight(q);
}

/* Today a ready node gets the table of a peer of whose updates some are lost, or of a ready one that has more of a silent one. */
static void reactToday(int q) {
  Node *n = &node(q);
  int behind, lost;
  measure(q, &behind, &lost);
  FOR(p, NODES) {
    Hello *h = &heard(q, p);
    if (n->state != READY || p == q || !h->alive) continue;
    int isBehind = n->lost >> h->incarnation & 1;
    if (h->state == READY) {
      FOR(a, STARTS) {
        if (a != n->incarnation && a != h->incarnation && !hearsIncarnation(q, a) && !(h->hears >> a & 1)
            && h->next[a] > n->next[a]) isBehind = 1;
      }
    }
    if (isBehind) { n->state = MENDING; n->source = 10 + p; }
  }
  n->may = n->state == READY;
}

static void settle(int q) { if (isToday) reactToday(q); else react(q); }

/* --- What happens ------------------------------------------------------------------------------------------------- */

/* p's hello comes to q. */
static void sayHello(int p, int q) {
  if (!works(p, q)) return;
  Hello *h = &heard(q, p);
  Node *sender = &node(p);
  int a = sender->incarnation;
  if (!h->alive || h->incarnation != a) {
    if (isToday && node(q).next[a] == 0) {
      /* Of what it said before, the last update is asked for. */
      node(q).next[a] = 1;
      node(q).first[a] = world.said[a] > 1 ? world.said[a] - 1 : 0;
    } else if (sender->state == STARTING && node(q).next[a] == 0) {
      node(q).next[a] = 1;  /* it has no table: there is nothing to have of it but its updates */
    }
  }
  h->alive = 1;
  h->incarnation = a;
  h->state = isToday && sender->state == MENDING ? STARTING : sender->state;
  h->may = sender->may; h->asks = sender->asks; h->request = sender->request; h->promise = sender->promise[q];
  h->facts = sender->facts;
  h->hears = h->tables = 0;
  FOR(i, NODES) {
    if (i == p || !heard(p, i).alive) continue;
    h->hears |= 1 << heard(p, i).incarnation;
    if (heard(p, i).state >= MENDING) h->tables |= 1 << heard(p, i).incarnation;
  }
  FOR(b, STARTS) { h->next[b] = sender->next[b]; h->top[b] = sender->top[b]; }
  settle(q);
}

static void forgetHello(Hello *h) {
  *h = (Hello){.asks = NOBODY, .incarnation = NOBODY};
}

/* For longer than the peer timeout q has not heard p: it is gone, or the link is cut. */
static void timeOut(int q, int p) {
  Hello *h = &heard(q, p);
  if (!isUp(q) || !h->alive || (works(p, q) && h->incarnation == node(p).incarnation)) return;
  forgetHello(h);
  settle(q);
  if (isUp(p)) return;
  FOR(i, NODES) if (i != p && isUp(i) && heard(i, p).alive) return;
  node(p).may = 0;
}

/* q asks incarnation a for the first update that it misses. */
static void nak(int q, int a) {
  Node *n = &node(q);
  if (n->state < MENDING || a == n->incarnation || !hearsIncarnation(q, a) || n->next[a] == 0 || n->lost >> a & 1) return;
  int most = wanted(q, a), k = n->next[a] - 1;
  if (isToday) {
    if (k < n->first[a]) k = n->first[a];
    while (k + 1 < most && n->facts & FACT(a, k)) k++;
  }
  if (k + 1 >= most) return;
  int sender = NOBODY;
  FOR(p, NODES) if (node(p).incarnation == a) sender = p;
  if (sender != NOBODY && works(sender, q) && works(q, sender) && k + WINDOW >= world.said[a]) {
    n->facts |= FACT(a, k);
    note(n, a, k + 2);
    advance(q, a);
  } else n->lost |= 1 << a;
  settle(q);
}

/* q asks p for its table. */
static void fetch(int q, int p) {
  Node *n = &node(q);
  Hello *h = &heard(q, p);
  if (!works(p, q) || !works(q, p) || node(p).state < MENDING || !h->alive || h->incarnation != node(p).incarnation) return;
  if (isToday) {
    if (!(n->state == STARTING && n->source == NOBODY && h->state == READY)
        && !(n->state == MENDING && n->source == 10 + p)) return;
  } else {
    int behind, lost, isMore = 0;
    if (n->source != NOBODY || h->state < MENDING || !isHeardBy(q, p)) return;
    measure(q, &behind, &lost);
    FOR(a, STARTS) if (a != n->incarnation && hasMore(q, p, a)) isMore = 1;
    if (n->state != STARTING && !(n->state == MENDING && lost && isMore)) return;
  }
  n->source = p;
  n->snapshot = node(p).facts;
  FOR(a, STARTS) { n->mark[a] = h->next[a]; n->markTop[a] = h->top[a]; }
}

static void forgetTransfer(Node *n) {
  n->source = NOBODY; n->snapshot = 0;
  FOR(a, STARTS) n->mark[a] = n->markTop[a] = 0;
}

/* The table is there; or its sender is not there any more. */
static void finishFetch(int q) {
  Node *n = &node(q);
  int p = n->source;
  if (!isUp(q) || p == NOBODY) return;
  if (p >= 10) {
    if (!heard(q, p - 10).alive) { n->source = NOBODY; n->state = READY; settle(q); }
    return;
  }
  if (works(p, q) && works(q, p) && heard(q, p).incarnation == node(p).incarnation) {
    n->facts |= n->snapshot;
    if (isToday) n->lost &= ~(1 << node(p).incarnation);
    FOR(a, STARTS) {
      if (a != n->incarnation && n->mark[a] > n->next[a]) n->next[a] = n->mark[a];
      note(n, a, n->markTop[a]);
      advance(q, a);
    }
    if (isToday) n->state = READY;
    else if (n->state == STARTING) n->state = MENDING;
    forgetTransfer(n);
    settle(q);
  } else {
    forgetTransfer(n);
    if (isToday && n->state == MENDING) { n->state = READY; settle(q); }
  }
}

/* q starts, and nobody has a table for it. It has waited until it has heard whom it can hear. */
static void beFirst(int q) {
  Node *n = &node(q);
  if (n->state != STARTING || n->source != NOBODY) return;
  FOR(p, NODES) {
    Hello *h = &heard(q, p);
    if (p == q) continue;
    if (works(p, q) && (!h->alive || h->incarnation != node(p).incarnation)) return;
    if (!h->alive) continue;
    if (p < q) return;
    if (isToday ? h->state == READY : h->state >= MENDING || h->tables & ~(1 << n->incarnation)) return;
  }
  n->state = READY;
  FOR(p, NODES) if (heard(q, p).facts || heard(q, p).tables) world.isWrongFirst = 1;
  settle(q);
}

static void start(int n) {
  int a = node(n).incarnation;
  node(n) = (Node){.state = STARTING, .incarnation = a, .source = NOBODY, .asks = NOBODY};
  FOR(i, NODES) forgetHello(&heard(n, i));
  node(n).next[a] = node(n).top[a] = 1;
}

static void stop(int n, int incarnation) {
  int may = node(n).may;
  node(n).incarnation = incarnation;
  start(n);
  node(n).state = DOWN; node(n).may = may;
  FOR(i, NODES) if (i != n && heard(i, n).alive) return;
  node(n).may = 0;
}

/* n says something, which comes to those in `to`. */
static void say(int n, int to) {
  int a = node(n).incarnation, k = world.said[a]++;
  node(n).facts |= FACT(a, k);
  node(n).next[a] = node(n).top[a] = k + 2;
  FOR(q, NODES) {
    if (q == n || !(to >> q & 1) || !works(n, q) || !heard(q, n).alive || heard(q, n).incarnation != a) continue;
    node(q).facts |= FACT(a, k);
    note(&node(q), a, k + 2);
    advance(q, a);
  }
}

/* --- What must be true ------------------------------------------------------------------------------------------- */

/* What a node says it has, it has. */
static int isCoverageTrue(void) {
  FOR(q, NODES) FOR(a, STARTS) FOR(k, node(q).next[a] - 1) if (isUp(q) && !(node(q).facts & FACT(a, k))) return 0;
  return 1;
}

/* STARTS ready node has what the others had when they said hello, but for what it is being sent again. */
static int isReadyTrue(void) {
  FOR(q, NODES) FOR(p, NODES) {
    Node *n = &node(q);
    int lacking = heard(q, p).facts & ~n->facts;
    if (q == p || n->state != READY || !heard(q, p).alive || !(isToday || heard(q, p).state >= MENDING) || !lacking)
      continue;
    if (lacking & OLD) return 0;
    FOR(a, STARTS) FOR(k, UPDATES) {
      if (!(lacking & FACT(a, k))) continue;
      if (!hearsIncarnation(q, a) || n->next[a] == 0 || n->lost >> a & 1) return 0;
      if (isToday && k < n->first[a]) return 0;
    }
  }
  return 1;
}

static int maySomebody(void) {
  int isNeeded = 0;
  FOR(n, NODES) { if (node(n).may) return 1; if (node(n).state >= MENDING) isNeeded = 1; }
  return !isNeeded;
}

static int isWell(void) {
  int first = NOBODY;
  FOR(n, NODES) {
    if (!isUp(n)) continue;
    if (first == NOBODY) first = n;
    if (node(n).state != READY || !node(n).may || isBound(n) || node(n).facts != node(first).facts) return 0;
  }
  return 1;
}

/* Nothing goes wrong any more, and everybody has some turns. */
static int becomesWell(void) {
  world.cut = 0;
  FOR(n, NODES) if (!isUp(n) && node(n).incarnation >= NODES) { node(n).may = 0; start(n); }
  FOR(round, ROUNDS) {
    FOR(p, NODES) FOR(q, NODES) if (p != q) sayHello(p, q);
    FOR(q, NODES) {
      FOR(p, NODES) if (p != q) timeOut(q, p);
      FOR(i, STARTS * UPDATES) nak(q, i % STARTS);
      FOR(p, NODES) if (p != q) fetch(q, p);
      finishFetch(q);
      beFirst(q);
    }
    if (!isCoverageTrue() || !isReadyTrue()) return 0;
    if (isWell()) return 1;
  }
  return 0;
}

static void setUp(int scene) {
  FOR(n, NODES) { node(n).incarnation = n; start(n); node(n).state = DOWN; }
  if (scene == 1) {
    FOR(n, NODES) {
      if (n == 0) continue;
      node(n).state = READY; node(n).may = 1;
      node(n).facts = FACT(n, 0) | FACT(n, 1); world.said[n] = UPDATES; node(n).next[n] = UPDATES + 1;
    }
    node(1).next[2] = node(2).next[1] = 1;
  }
  if (scene == 2) {
    node(0).state = node(1).state = READY;
    node(0).may = node(1).may = 1;
    node(0).facts = OLD | FACT(0, 0) | FACT(0, 1); world.said[0] = 2; node(0).next[0] = 3;
    node(1).facts = FACT(1, 0); world.said[1] = 1; node(1).next[1] = 2;
  }
  if (scene == 5) { node(2).state = READY; node(2).may = 1; node(2).facts = OLD; return; }
  if (scene >= 3) {
    FOR(n, NODES) {
      node(n).state = READY; node(n).may = 1; node(n).facts = OLD;
      FOR(a, NODES) node(n).next[a] = 1;
    }
  }
  if (scene == 4) {
    world.said[1] = UPDATES;
    FOR(n, NODES) {
      node(n).facts |= FACT(1, 1);
      if (n != 0) { node(n).facts |= FACT(1, 0); node(n).next[1] = UPDATES + 1; }
      note(&node(n), 1, UPDATES + 1);
    }
    node(0).lost = 1 << 1;
  }
  FOR(n, NODES) FOR(a, STARTS) note(&node(n), a, node(n).next[a]);
  if (scene >= 3) FOR(i, 2) FOR(p, NODES) FOR(q, NODES) if (p != q) sayHello(p, q);
}

extern int readtrail;

/* What happens, when a trail is replayed (pan -r). What changes nothing is not shown. */
static void show(const char *what, int n, int m) {
  static const char *names[] = {"down", "starting", "mending", "ready"};
  static World last;
  if (!readtrail || !memcmp(&last, &world, sizeof world)) return;
  last = world;
  printf("  ");
  printf(what, n, m);
  printf("\n");
  FOR(i, NODES) {
    Node *o = &node(i);
    printf("      %d %-8s %-3s %02x has", i, names[o->state], o->may ? "may" : "", o->facts);
    FOR(a, STARTS) printf(" %d", o->next[a]);
    if (o->lost) printf(", lost of %x", o->lost);
    if (o->source != NOBODY) printf(", fetches from %d", o->source % 10);
    if (o->asks != NOBODY) printf(", asks %d (%d)", o->asks, o->request);
    FOR(p, NODES) if (o->promise[p]) printf(", has promised %d (%d)", p, o->promise[p]);
    printf("\n");
  }
}
