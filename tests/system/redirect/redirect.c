/* Redirection: system calls of the kernel's own that are made outside of a task's window are never executed, and nothing
 * of the thread's registers is lost on the way to the window and back.
 *
 * The thread of the child runs a few instructions, each between breakpoints, with registers that the root writes. */
#include "lib/rt/main.h"
#include "lib/test/rig.h"
#include <arch/window.h>

extern const char window[], window_resume[], inside[], last_inside[], first_outside[], just_before[], outside[], begin[];

enum { CHILD_NOTE = 7, PAGE_SIZE = 4096 };
#define FRAME_ADDRESS RIG_WINDOW

static struct task child;
static isthmus_slot handler, note, frame;
static volatile struct { uint64_t pc, t0; } *in_frame; /* the root's view of the redirection frame */
static uint64_t regs[REGISTERS];

static uint64_t at(const char *symbol) { return (uint64_t)symbol; }

/* Waits until the thread stops, and reads its registers.  Answers the fault's cause. */
static uint64_t stopped(void)
{
    struct isthmus_message m;

    NEED("stop", isthmus_recv(handler, NULL, &m));
    for (unsigned n = 0; n < REGISTERS; n++) {
        uint64_t value[8] = { 0 };

        NEED("read", isthmus_thread_read(child.thread, n, 1, value));
        regs[n] = value[0];
    }
    return isthmus_tag_label(m.tag);
}

static void expect_break(const char *name, uint64_t pc)
{
    QUIET_EQUAL(name, stopped(), ISTHMUS_FAULT_BREAKPOINT);
    QUIET_EQUAL(name, regs[0], pc + BREAK_BYTES);
}

static void go(uint64_t pc)
{
    struct isthmus_message m = { isthmus_tag(ISTHMUS_FAULT_RESUME_AT, 0), { pc } };

    NEED("go on", isthmus_reply(0, &m));
}

/* The value of register n in a call of an operation by a slot. */
static uint64_t wanted(unsigned n, uint64_t operation, uint64_t slot)
{
    return n == OPERATION ? operation : n == SLOT ? slot : given(n);
}

/* From a breakpoint: makes a system call at `pc` with all registers filled. */
static void call(uint64_t pc, uint64_t operation, uint64_t slot)
{
    for (unsigned n = 1; n < REGISTERS; n++) {
        uint64_t value[6] = { wanted(n, operation, slot) };

        NEED("write", isthmus_thread_write(child.thread, n, 1, value));
    }
    go(pc);
}

static bool signalled(void) { return !isthmus_try_recv(note, NULL, &(struct isthmus_message){ 0 }); }

/* A call that is redirected: it stops at the window's first instruction, and goes on behind the call. */
static void redirected(const char *name, uint64_t pc, uint64_t operation, uint64_t slot, uint64_t next)
{
    const uint64_t back = pc + CALL_BYTES;
    unsigned before = test_failures();

    call(pc, operation, slot);
    expect_break("entered at the window's begin", at(window));
    QUIET("not executed", !signalled());
    for (unsigned n = 1; n < REGISTERS; n++)
        if (n != 17 || HAS_FRAME) /* x86_64's flags are in r11 */
            QUIET_EQUAL("register in the window", regs[n], entered(n, wanted(n, operation, slot), back, FRAME_ADDRESS));
    if (HAS_FRAME) {
        QUIET_EQUAL("frame's pc", in_frame->pc, back);
        QUIET_EQUAL("frame's t0", in_frame->t0, operation);
    }
    go(at(window_resume));
    expect_break("back behind the call", next);
    QUIET("still not executed", !signalled());
    for (unsigned n = 1; n < REGISTERS; n++)
        if (n != 17 || HAS_FRAME)
            QUIET_EQUAL("register behind the call", regs[n], resumed(n, wanted(n, operation, slot), back));
    QUIET_OK(name, before);
}

/* A call that is the kernel's: a signal, which comes. */
static void executed(const char *name, uint64_t pc, uint64_t next)
{
    unsigned before = test_failures();

    call(pc, ISTHMUS_OP_SIGNAL, CHILD_NOTE);
    expect_break("behind the call", next);
    QUIET("signalled", signalled());
    QUIET_EQUAL("its answer", regs[OPERATION], ISTHMUS_OK);
    QUIET_OK(name, before);
}

static void sides(void)
{
    executed("inside", at(inside), at(inside) + CALL_BYTES);
    executed("the last instruction of the window", at(last_inside), at(first_outside));
    redirected("outside", at(outside), ISTHMUS_OP_SIGNAL, CHILD_NOTE, at(outside) + CALL_BYTES);
    redirected("right before the window", at(just_before), ISTHMUS_OP_SIGNAL, CHILD_NOTE, at(window));
    redirected("right behind the window", at(first_outside) + (BREAK_BYTES ? 1 : 4), ISTHMUS_OP_SIGNAL, CHILD_NOTE,
               at(first_outside) + (BREAK_BYTES ? 1 : 4) + CALL_BYTES);
}

/* Every operation that there is, and some that there are not; those that are most frequent have a path of their own. */
static void operations(void)
{
    static const uint64_t others[] = { 100, 0xffff, (uint64_t)1 << 32, ~(uint64_t)0, 0x8000000000000000 };
    unsigned before = test_failures();

    for (uint64_t operation = 0; operation <= ISTHMUS_OP_FRAME_INFO; operation++)
        redirected("every operation", at(outside), operation, CHILD_NOTE, at(outside) + CALL_BYTES);
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        redirected("no operation", at(outside), others[i], ~(uint64_t)0, at(outside) + CALL_BYTES);
    QUIET_OK("no operation is executed outside", before);
}

static void no_window(void)
{
    NEED("no window", isthmus_task_window(child.task, 0, 0));
    executed("without a window", at(outside), at(outside) + CALL_BYTES);
    executed("anywhere", at(just_before), at(window));
    NEED("window", isthmus_task_window(child.task, at(window), PAGE_SIZE));
    redirected("with one again", at(outside), ISTHMUS_OP_YIELD, 0, at(outside) + CALL_BYTES);
    NEED("a larger window", isthmus_task_window(child.task, at(window) - PAGE_SIZE, 3 * PAGE_SIZE));
    executed("now inside", at(outside), at(outside) + CALL_BYTES);
    NEED("window", isthmus_task_window(child.task, at(window), PAGE_SIZE));
}

/* Where a frame is needed: without one, or when it is gone, the call is a fault. */
static void frames(void)
{
    isthmus_slot read_only = rig_copy(frame, ISTHMUS_R_READ, 0), other = rig_frame(child.pool);
    unsigned before = test_failures();

    if (!HAS_FRAME) {
        QUIET_ERROR("no frame is needed", isthmus_thread_redirect(child.thread, frame, FRAME_ADDRESS), ISTHMUS_E_OPERATION);
        call(at(inside), ISTHMUS_OP_REDIRECT_RESUME, 0);
        expect_break("resume", at(inside) + CALL_BYTES);
        QUIET_EQUAL("is no operation", regs[OPERATION], ISTHMUS_E_OPERATION);
        QUIET_OK("redirection frames", before);
        return;
    }
    QUIET_ERROR("right write", isthmus_thread_redirect(child.thread, read_only, FRAME_ADDRESS), ISTHMUS_E_RIGHT);
    QUIET_ERROR("kind", isthmus_thread_redirect(child.thread, note, FRAME_ADDRESS), ISTHMUS_E_KIND);
    QUIET_ERROR("misaligned", isthmus_thread_redirect(child.thread, frame, FRAME_ADDRESS + 8), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("no address of user level", isthmus_thread_redirect(child.thread, frame, ISTHMUS_USER_LIMIT), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("none", isthmus_thread_redirect(child.thread, 0, 0), ISTHMUS_OK);
    call(at(outside), ISTHMUS_OP_SIGNAL, CHILD_NOTE);
    QUIET_EQUAL("without a frame", stopped(), ISTHMUS_FAULT_SYSCALL);
    QUIET_EQUAL("pc behind the call", regs[0], at(outside) + CALL_BYTES);
    QUIET("not executed", !signalled());
    for (unsigned n = 1; n < REGISTERS; n++)
        QUIET_EQUAL("registers as they were", regs[n], wanted(n, ISTHMUS_OP_SIGNAL, CHILD_NOTE));
    call(at(inside), ISTHMUS_OP_REDIRECT_RESUME, 0);
    expect_break("resume without a frame", at(inside) + CALL_BYTES);
    QUIET_EQUAL("is refused", regs[OPERATION], ISTHMUS_E_STATE);
    NEED("another", isthmus_thread_redirect(child.thread, other, FRAME_ADDRESS));
    rig_destroy(child.pool, other);
    call(at(outside), ISTHMUS_OP_SIGNAL, CHILD_NOTE);
    QUIET_EQUAL("its frame was destroyed", stopped(), ISTHMUS_FAULT_SYSCALL);
    NEED("the first", isthmus_thread_redirect(child.thread, frame, FRAME_ADDRESS));

    /* A frame of the user's own making: any pc and t0, but never the kernel's. */
    in_frame->pc = at(begin) | 1;
    in_frame->t0 = 0x5e7;
    call(at(inside), ISTHMUS_OP_REDIRECT_RESUME, 0);
    expect_break("resume where it says", at(begin));
    QUIET_EQUAL("with its t0", regs[OPERATION], 0x5e7);
    in_frame->pc = 0xffffffff80200000;
    call(at(inside), ISTHMUS_OP_REDIRECT_RESUME, 0);
    QUIET_EQUAL("resume in the kernel", stopped(), ISTHMUS_FAULT_EXECUTE);
    rig_drop(read_only);
    QUIET_OK("redirection frames", before);
}

void isthmus_main(uint64_t arg)
{
    struct space_page page = { 0, FRAME_ADDRESS, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };

    rig_enter(arg);
    rig_begin();
    handler = rig_endpoint(RIG_POOL);
    note = rig_notification(RIG_POOL);
    rig_child(&child, 4, 20);
    frame = page.cap = rig_frame(child.pool);
    NEED("map", space_map_into(child.task, child.pool, &page));
    NEED("map", space_map(rig_maker.space, frame, page.flags, (void **)&in_frame));
    NEED("grant", task_grant(&child, CHILD_NOTE, note, RIG_ALL, 0));
    NEED("handler", isthmus_task_handler(child.task, handler));
    NEED("window", isthmus_task_window(child.task, at(window), PAGE_SIZE));
    if (HAS_FRAME)
        NEED("redirection frame", isthmus_thread_redirect(child.thread, frame, FRAME_ADDRESS));
    rig_child_start(&child, (void (*)(void))(uint64_t)begin);
    expect_break("begin", at(begin));
    sides();
    operations();
    no_window();
    frames();
    task_destroy(&rig_maker, &child);
    test_done();
}
