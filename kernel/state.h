/* The kernel's whole state: a few flat tables, and what the frames reached through the direct map hold.
 *
 * A word "weak" marks a reference (index, id) that is checked at use; every other reference is kept valid by whoever
 * destroys an end.  An all-zero cell, frame descriptor and frame is valid for every kind. */
#pragma once
#include "kernel/types.h"
#include "kernel/arch/arch.h"

enum cell_kind {
    CELL_FREE,
    CELL_POOL,
    CELL_TASK,
    CELL_THREAD,
    CELL_ENDPOINT,
    CELL_NOTIFICATION,
    CELL_BUDGET,
    CELL_FORWARDER,
    CELL_IRQ,
    CELL_READY,  /* one ready queue: a priority of a core */
    CELL_DEVICE, /* CELL_POOL to CELL_IRQ have the number of their capability kind */
};

enum thread_state {
    THREAD_SUSPENDED,    /* in no queue */
    THREAD_RUNNING,      /* core.current; in no queue */
    THREAD_READY,        /* own: a ready queue */
    THREAD_STARVED,      /* own: the budget that ran out, or nil without a budget */
    THREAD_SENDING,      /* own: an endpoint; no reply wanted */
    THREAD_CALLING,      /* own: an endpoint */
    THREAD_FAULTING,     /* own: an endpoint; the message is its fault */
    THREAD_RECEIVING,    /* own: an endpoint */
    THREAD_WAITING,      /* own: a notification */
    THREAD_REPLY,        /* own: the server thread that owes the reply */
    THREAD_FAULT_REPLY,  /* own: the server thread that handles its fault */
};

enum endpoint_state { ENDPOINT_EMPTY, ENDPOINT_SENDERS, ENDPOINT_RECEIVERS };

/* How a thread is resumed, and what is pending for it. */
enum thread_form {
    FORM_FULL = 1,    /* all registers (after a fault, an interrupt, a redirection); else those a system call keeps */
    FORM_PENDING = 2, /* its bound notification has bits */
};

struct cell {
    uint64_t id; /* 0: free, or being destroyed */
    uint8_t kind, state;
    uint8_t priority, form; /* thread */
    uint32_t next, prev;    /* thread: neighbours in the queue that it is in */
    uint32_t own;           /* thread: the cell whose queue it is in */
    uint32_t head, tail;    /* whatever threads wait in: first and last; pool: first and last member cell */
    union {
        struct {
            uint32_t frame;     /* its registers: struct thread_frame */
            uint32_t task;
            uint32_t budget;    /* weak, with thread_frame.budget_id: pays while the thread runs */
            uint32_t peer;      /* weak: the thread it may answer, if that one's call == peer_call */
            uint64_t call;      /* number of its current call; never reset */
            uint64_t peer_call;
        } thread;
        struct {
            uint32_t slots;     /* root of its capability table: struct slots_root */
            uint32_t table;     /* root of its page tables */
            uint64_t space;     /* what arch_space() made of table: satp or CR3 */
            uint64_t window_base, window_size; /* bytes; 0 and all ones: no redirection */
        } task;
        struct {
            uint32_t frame_head, frame_tail; /* member frames; free ones first */
            uint32_t large_head, large_tail; /* free large frames */
            uint32_t free_cells, free_frames, free_large;
            uint32_t used_cells;
        } pool;
        struct { uint32_t cursor; uint32_t zero; uint64_t badge; uint64_t zero8[2]; } endpoint; /* endpoint_cancel: next, of whom */
        struct { uint32_t thread; uint32_t zero; uint64_t bits; uint64_t thread_id; uint64_t zero8; } notification; /* weak: bound */
        struct { uint32_t notification; uint32_t zero; uint64_t left, slice; uint64_t notification_id; } budget;    /* ticks; weak */
        struct { uint32_t target; uint32_t kind; uint64_t target_id; uint64_t badge; uint64_t rights; } forwarder;  /* weak */
        struct { uint32_t notification; uint32_t line; uint64_t notification_id; uint64_t badge; uint64_t zero8; } irq; /* weak */
        struct { uint32_t ports; uint32_t zero; uint64_t base, size; uint64_t zero8; } device; /* bytes, or ports */
    };
};
_Static_assert(sizeof(struct cell) == 64, "a cell is one cache line");
_Static_assert(offsetof(struct cell, thread) == 32, "common head");

/* What is rarely touched of a cell: apart, so that hot fields share a line. */
struct cell_cold {
    uint32_t pool;                       /* the pool it belongs to */
    uint32_t pool_next, pool_prev;       /* neighbours among the pool's member cells */
    uint32_t sibling_next, sibling_prev; /* thread: neighbours among the task's threads */
    uint32_t extra;                      /* task: first thread; pool: frames in use; forwarder: depth of its chain */
    uint64_t badge;                      /* budget: what it signals when it runs out; pool: the large frame being split */
};
_Static_assert(sizeof(struct cell_cold) == 32, "power of two");

enum { LARGE_ORDER = ISTHMUS_LARGE_BITS - ISTHMUS_PAGE_BITS };

enum frame_kind {
    FRAME_NONE,      /* no RAM, or never given away: the kernel's own, firmware's */
    FRAME_FREE,
    FRAME_DATA,      /* user level may map it */
    FRAME_SPLITTING, /* large: becoming 512 free frames */
    FRAME_COVERED,   /* inside of a large frame */
    FRAME_THREAD,    /* struct thread_frame */
    FRAME_SLOTS_ROOT,/* struct slots_root */
    FRAME_SLOTS,     /* struct slots_leaf */
    FRAME_TABLE,     /* struct table; order = level, 1 the lowest */
    FRAME_LINKS,     /* struct table_links of a table of level 1; owner = that table's frame */
};

struct frame {
    union {
        uint64_t id;    /* data: what a capability must match */
        uint64_t links; /* table of level 1: frame of its struct table_links */
    };
    uint8_t kind;
    uint8_t order;       /* free, data: 0 for 4 KiB, 9 for 2 MiB; table: its level */
    uint16_t scan;       /* progress of clearing, splitting and destroying */
    uint32_t pool;       /* the pool it belongs to */
    uint32_t next, prev; /* neighbours among the pool's frames */
    uint32_t owner;      /* thread, slots: cell; table: task's cell; links: table's frame; slots leaf: see map */
    uint32_t map;        /* data: an entry_ix that maps it, head of a list; table: the entry_ix that refers to it;
                            slots leaf: its index in the root */
};
_Static_assert(sizeof(struct frame) == 32, "power of two");

/* A capability. */
struct slot {
    uint32_t object; /* index of a cell or frame; reply: the caller's thread */
    uint8_t kind;    /* enum isthmus_kind */
    uint8_t rights;
    uint16_t zero;
    uint64_t id;     /* of the object, when the capability was made; reply: number of the call */
    uint64_t badge;
    uint64_t zero8;
};
_Static_assert(sizeof(struct slot) == 32, "power of two");

/* ---- what frames hold, by their kind ---- */

enum { FPU_OFFSET = 1024, FPU_SIZE = PAGE_SIZE - FPU_OFFSET };

struct thread_frame {
    struct registers regs;        /* the port's */
    uint64_t badge;               /* of the capability with which it waits to send */
    uint64_t label;               /* put into its fault messages */
    uint64_t fault_cause, fault_address, fault_code; /* of its last fault */
    uint64_t budget_id;           /* weak: cell.thread.budget */
    uint64_t own_budget_id;       /* weak: own_budget */
    uint64_t notification_id;     /* weak: notification */
    uint64_t redirect_id;         /* weak: redirect_frame */
    uint64_t redirect_address;    /* where user level mapped it */
    uint32_t own_budget;          /* bound by thread_budget; cell.thread.budget is another's while serving a call */
    uint32_t notification;        /* bound */
    uint32_t redirect_frame;
    uint32_t receive_slot[ISTHMUS_MESSAGE_CAPS];
    uint32_t fpu_live;            /* fpu holds its state, or a core's registers do */
    uint32_t zero;
    uint8_t fpu[FPU_SIZE] __attribute__((aligned(64))) ;
};

struct slots_root {
    uint32_t leaf[ISTHMUS_CAP_LEAVES]; /* frame of each leaf, or 0 */
    uint64_t handler_id, handler_badge;
    uint32_t handler;                  /* weak: the endpoint that gets the faults of the task's threads */
    uint32_t zero;
};
struct slots_leaf { struct slot slot[ISTHMUS_CAP_LEAF_SLOTS]; };
struct table { uint64_t entry[TABLE_ENTRIES]; };
struct table_links { struct { uint32_t next, prev; } link[TABLE_ENTRIES]; }; /* entry_ix: others that map the same frame */

_Static_assert(sizeof(struct registers) <= 640, "registers leave room for the thread's own fields");
_Static_assert(offsetof(struct thread_frame, fpu) <= FPU_OFFSET, "see fpu");
_Static_assert(sizeof(struct thread_frame) <= PAGE_SIZE, "one frame");
_Static_assert(sizeof(struct slots_root) <= PAGE_SIZE, "one frame");
_Static_assert(sizeof(struct slots_leaf) == PAGE_SIZE, "one frame");
_Static_assert(sizeof(struct table_links) == PAGE_SIZE, "one frame");

/* ---- per core ---- */

/* Why the running thread may have to stop at the end of an entry. */
enum resched {
    RESCHED_URGENT = 1, /* a more urgent thread may have become ready */
    RESCHED_BUDGET = 2, /* its budget ran out or is gone */
};

struct core {
    uint32_t current;      /* the running thread, or nil: idle */
    uint32_t ready;        /* cell of its ready queue of priority 0; the other priorities follow */
    uint64_t ready_bitmap; /* bit p: the ready queue of priority p is not empty */
    uint32_t budget;       /* the budget being consumed, or nil */
    uint32_t fpu_owner;    /* the thread whose state the FPU registers hold, or nil */
    uint64_t budget_id;    /* weak: budget */
    uint64_t budget_start; /* ticks: since when it is being consumed */
    uint64_t deadline;     /* ticks: set by machine_timer; all ones: none */
    uint64_t deadline_id, deadline_badge;
    uint32_t deadline_notification; /* weak */
    uint32_t resched;      /* enum resched */
    uint64_t armed;        /* ticks: what the timer is set to */
    uint64_t zero[6];
};
_Static_assert(sizeof(struct core) == 128, "power of two");

extern struct cell cell[];           /* at KERNEL_CELLS */
extern struct frame frame[];         /* at KERNEL_FRAMES */
extern struct cell_cold cell_cold[]; /* behind cell[] */
extern struct core core[MAX_CORES];
extern uint32_t irq_cell[MAX_IRQ];   /* the CELL_IRQ of a line */
extern uint64_t next_id;             /* the last id given */
extern uint32_t cell_count, frame_count, core_count;

/* ---- access ---- */

ALWAYS_INLINE struct cell *cell_at(cell_ix c) { return &cell[c.i]; }
ALWAYS_INLINE struct frame *frame_at(frame_ix f) { return &frame[f.i]; }
ALWAYS_INLINE core_ix core_self(void) { return arch_core_self(); }
ALWAYS_INLINE struct core *this_core(void) { return &core[arch_core_self().i]; }
ALWAYS_INLINE uint64_t fresh_id(void) { return ++next_id; }

/* Address of a frame in the direct map.  Allowed only where the frame's kind says that it holds a T. */
ALWAYS_INLINE void *frame_bytes(frame_ix f) { return (void *)(ARCH_DIRECT_MAP + ((uint64_t)f.i << ISTHMUS_PAGE_BITS)); }

ALWAYS_INLINE struct thread_frame *thread_frame(cell_ix t) { return frame_bytes((frame_ix){ cell[t.i].thread.frame }); }
ALWAYS_INLINE struct slots_root *task_root(cell_ix t) { return frame_bytes((frame_ix){ cell[t.i].task.slots }); }
ALWAYS_INLINE struct table *table_at(frame_ix f) { return frame_bytes(f); }

ALWAYS_INLINE entry_ix entry_in(frame_ix table, uint32_t index) { return (entry_ix){ table.i << 9 | index }; }
ALWAYS_INLINE frame_ix entry_table(entry_ix e) { return (frame_ix){ e.i >> 9 }; }
ALWAYS_INLINE uint32_t entry_index(entry_ix e) { return e.i & (TABLE_ENTRIES - 1); }
