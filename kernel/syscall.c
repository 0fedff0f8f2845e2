/* The entries that serve a running thread: system calls, redirected ones, and faults. */
#include "kernel/budget.h"
#include "kernel/destroy.h"
#include "kernel/ipc.h"
#include "kernel/machine.h"
#include "kernel/pool.h"
#include "kernel/sched.h"
#include "kernel/space.h"
#include "kernel/task.h"
#include "kernel/thread.h"
#include "kernel/trace.h"

static error redirect_resume(cell_ix me, struct registers *r);

static error yield(void)
{
    struct core *c = this_core();

    thread_frame((cell_ix){ c->current })->regs.operation = ISTHMUS_OK;
    sched_yield();
    return ISTHMUS_OK;
}

static error perform(cell_ix me, struct registers *r)
{
    switch (r->operation) {
    case ISTHMUS_OP_CALL: return op_call(me, r);
    case ISTHMUS_OP_REPLY_RECV: return op_reply_recv(me, r);
    case ISTHMUS_OP_SEND: return op_send(me, r);
    case ISTHMUS_OP_TRY_SEND: return op_try_send(me, r);
    case ISTHMUS_OP_RECV: return op_recv(me, r);
    case ISTHMUS_OP_TRY_RECV: return op_try_recv(me, r);
    case ISTHMUS_OP_REPLY: return op_reply(me, r);
    case ISTHMUS_OP_SAVE_REPLY: return op_save_reply(me, r);
    case ISTHMUS_OP_SIGNAL: return op_signal(me, r);
    case ISTHMUS_OP_YIELD: return yield();
    case ISTHMUS_OP_ENDPOINT_CANCEL: return op_endpoint_cancel(me, r);
    case ISTHMUS_OP_REDIRECT_RESUME: return redirect_resume(me, r);
    case ISTHMUS_OP_POOL_CREATE_POOL: return op_pool_create_simple(me, r, CELL_POOL);
    case ISTHMUS_OP_POOL_CREATE_TASK: return op_pool_create_task(me, r);
    case ISTHMUS_OP_POOL_CREATE_THREAD: return op_pool_create_thread(me, r);
    case ISTHMUS_OP_POOL_CREATE_ENDPOINT: return op_pool_create_simple(me, r, CELL_ENDPOINT);
    case ISTHMUS_OP_POOL_CREATE_NOTIFICATION: return op_pool_create_simple(me, r, CELL_NOTIFICATION);
    case ISTHMUS_OP_POOL_CREATE_BUDGET: return op_pool_create_simple(me, r, CELL_BUDGET);
    case ISTHMUS_OP_POOL_CREATE_FORWARDER: return op_pool_create_forwarder(me, r);
    case ISTHMUS_OP_POOL_CREATE_IRQ: return op_pool_create_irq(me, r);
    case ISTHMUS_OP_POOL_CREATE_DEVICE: return op_pool_create_device(me, r);
    case ISTHMUS_OP_POOL_CREATE_FRAME: return op_pool_create_frame(me, r);
    case ISTHMUS_OP_POOL_GIVE: return op_pool_give(me, r);
    case ISTHMUS_OP_POOL_SPLIT: return op_pool_split(me, r);
    case ISTHMUS_OP_POOL_DESTROY: return op_pool_destroy(me, r);
    case ISTHMUS_OP_POOL_REAP: return op_pool_reap(me, r);
    case ISTHMUS_OP_POOL_INFO: return op_pool_info(me, r);
    case ISTHMUS_OP_TASK_MAP: return op_task_map(me, r);
    case ISTHMUS_OP_TASK_UNMAP: return op_task_unmap(me, r);
    case ISTHMUS_OP_TASK_PROTECT: return op_task_protect(me, r);
    case ISTHMUS_OP_TASK_TABLE: return op_task_table(me, r);
    case ISTHMUS_OP_TASK_LEAF: return op_task_leaf(me, r);
    case ISTHMUS_OP_TASK_COPY: return op_task_copy(me, r);
    case ISTHMUS_OP_TASK_MOVE: return op_task_move(me, r);
    case ISTHMUS_OP_TASK_DELETE: return op_task_delete(me, r);
    case ISTHMUS_OP_TASK_IDENTIFY: return op_task_identify(me, r);
    case ISTHMUS_OP_TASK_HANDLER: return op_task_handler(me, r);
    case ISTHMUS_OP_TASK_WINDOW: return op_task_window(me, r);
    case ISTHMUS_OP_THREAD_START: return op_thread_start(me, r);
    case ISTHMUS_OP_THREAD_SUSPEND: return op_thread_suspend(me, r);
    case ISTHMUS_OP_THREAD_RESUME: return op_thread_resume(me, r);
    case ISTHMUS_OP_THREAD_READ: return op_thread_read(me, r);
    case ISTHMUS_OP_THREAD_WRITE: return op_thread_write(me, r);
    case ISTHMUS_OP_THREAD_PRIORITY: return op_thread_priority(me, r);
    case ISTHMUS_OP_THREAD_CORE: return op_thread_core(me, r);
    case ISTHMUS_OP_THREAD_BUDGET: return op_thread_budget(me, r);
    case ISTHMUS_OP_THREAD_NOTIFICATION: return op_thread_notification(me, r);
    case ISTHMUS_OP_THREAD_SLOTS: return op_thread_slots(me, r);
    case ISTHMUS_OP_THREAD_HANDOFF: return op_thread_handoff(me, r);
    case ISTHMUS_OP_THREAD_REDIRECT: return op_thread_redirect(me, r);
    case ISTHMUS_OP_BUDGET_MOVE: return op_budget_move(me, r);
    case ISTHMUS_OP_BUDGET_READ: return op_budget_read(me, r);
    case ISTHMUS_OP_BUDGET_NOTIFY: return op_budget_notify(me, r);
    case ISTHMUS_OP_MACHINE_LOG: return op_machine_log(me, r);
    case ISTHMUS_OP_MACHINE_TIMER: return op_machine_timer(me, r);
    case ISTHMUS_OP_MACHINE_REFILL: return op_machine_refill(me, r);
    case ISTHMUS_OP_MACHINE_HALT: return op_machine_halt(me, r);
    case ISTHMUS_OP_IRQ_BIND: return op_irq_bind(me, r);
    case ISTHMUS_OP_IRQ_ACK: return op_irq_ack(me, r);
    case ISTHMUS_OP_PORT_IN: return op_port_in(me, r);
    case ISTHMUS_OP_PORT_OUT: return op_port_out(me, r);
    case ISTHMUS_OP_FRAME_INFO: return op_frame_info(me, r);
    default: return ISTHMUS_E_OPERATION;
    }
}

/* ---- redirection ---- */

/* The thread's redirection frame, or null if it has none that is still there. */
static struct isthmus_redirect *redirect_frame(const struct thread_frame *f)
{
    const struct frame *d = &frame[f->redirect_frame];

    if (d->kind != FRAME_DATA || !f->redirect_frame || d->id != f->redirect_id)
        return NULL;
    return frame_bytes((frame_ix){ f->redirect_frame });
}

static void fault(cell_ix me, uint64_t cause, uint64_t address, uint64_t code)
{
    struct thread_frame *f = thread_frame(me);

    cell_at(me)->form |= FORM_FULL;
    f->fault_cause = cause;
    f->fault_address = address;
    f->fault_code = code;
    ipc_fault(me);
}

/* Was the system call made outside of the task's window? */
static bool is_foreign(cell_ix me, const struct registers *r)
{
    const struct cell *task = cell_at(task_of(me));
    uint64_t offset = r->pc - ARCH_SYSCALL_BYTES - task->task.window_base;

    return offset >= task->task.window_size;
}

static void redirect(cell_ix me)
{
    struct thread_frame *f = thread_frame(me);
    struct isthmus_redirect *d = ARCH_REDIRECT_FRAME ? redirect_frame(f) : NULL;

    if (ARCH_REDIRECT_FRAME && !d) {
        fault(me, ISTHMUS_FAULT_SYSCALL, 0, 0);
        return;
    }
    cell_at(me)->form |= FORM_FULL;
    arch_redirect(&f->regs, cell_at(task_of(me))->task.window_base, d, f->redirect_address);
}

static error redirect_resume(cell_ix me, struct registers *r)
{
    const struct isthmus_redirect *d = ARCH_REDIRECT_FRAME ? redirect_frame(thread_frame(me)) : NULL;

    if (!ARCH_REDIRECT_FRAME)
        return ISTHMUS_E_OPERATION;
    if (!d)
        return ISTHMUS_E_STATE;
    cell_at(me)->form |= FORM_FULL;
    arch_redirect_resume(r, d);
    return ISTHMUS_OK;
}

/* ---- entries ---- */

_Noreturn void trap_syscall(void)
{
    struct core *c = this_core();
    cell_ix me = { c->current };
    struct registers *r = &thread_frame(me)->regs;

    cell_at(me)->form &= (uint8_t)~FORM_FULL;
    if (is_foreign(me, r)) {
        if (tracing())
            trace_event("redirect", r->operation, 0, r->pc);
        redirect(me);
        sched_leave();
    }
    if (tracing())
        trace_event("call", r->operation, r->slot, r->tag);
    error e = perform(me, r);

    /* Whoever waits gets its status when the wait ends; who was resumed from a redirection has its registers. */
    if (c->current == me.i && !(cell_at(me)->form & FORM_FULL))
        r->operation = e;
    sched_leave();
}

_Noreturn void trap_fault(uint64_t cause, uint64_t address, uint64_t code)
{
    cell_ix me = { this_core()->current };

    if (CONFIG_DEBUG && !task_root(task_of(me))->handler)
        log_line("thread %u: fault %lu at pc 0x%lx, address 0x%lx, code 0x%lx; it has no handler and is suspended", me.i, cause,
                 thread_frame(me)->regs.pc, address, code);
    if (tracing())
        trace_event("fault", cause, code, address);
    fault(me, cause, address, code);
    sched_leave();
}
