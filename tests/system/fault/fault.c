/* Faults as messages: each kind, what the message says, the ways to go on, the registers of the thread meanwhile. */
#include "fault.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"

isthmus_slot handler;
static uint64_t stack_end;
static volatile unsigned landed;

static void land(void)
{
    landed++;
    fault_wait();
}

struct rig_worker *faulter(void)
{
    return rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, NULL, 0);
}

void fault_start(struct rig_worker *w, void (*code)(void), uint64_t argument)
{
    static uint8_t stack[4096] __attribute__((aligned(16)));

    stack_end = (uint64_t)stack + sizeof stack - 64;
    NEED("start", isthmus_thread_start(w->thread, (uint64_t)code, stack_end, argument));
}

void expect_fault(const char *name, struct rig_worker *w, uint64_t cause, uint64_t pc, uint64_t address)
{
    struct isthmus_message m;
    uint64_t badge = 0;

    QUIET_ERROR(name, isthmus_recv(handler, &badge, &m), ISTHMUS_OK);
    QUIET_EQUAL(name, isthmus_tag_kind(m.tag), ISTHMUS_MESSAGE_FAULT);
    QUIET_EQUAL(name, isthmus_tag_caps(m.tag), 0);
    QUIET_EQUAL(name, badge, HANDLER_BADGE);
    QUIET_EQUAL(name, isthmus_tag_label(m.tag), cause);
    if (cause != ISTHMUS_FAULT_BREAKPOINT) /* an ISA may tell its address or not */
        QUIET_EQUAL(name, m.word[0], address);
    QUIET_EQUAL(name, m.word[1], pc);
    QUIET_EQUAL(name, m.word[3], stack_end);
    QUIET_EQUAL(name, m.word[4], w->label);
    QUIET_EQUAL(name, m.word[5] | m.word[6] | m.word[7], 0);
}

void resume(const char *name, uint64_t label, uint64_t word)
{
    struct isthmus_message m = { isthmus_tag(label, 0), { word } };

    QUIET_ERROR(name, isthmus_reply(0, &m), ISTHMUS_OK);
}

void resume_landed(const char *name)
{
    unsigned before = landed;

    resume(name, ISTHMUS_FAULT_RESUME_AT, (uint64_t)land);
    rig_settle();
    QUIET_EQUAL(name, landed, before + 1);
}

static void one(const char *name, void (*code)(void), uint64_t argument, uint64_t cause, uint64_t pc, uint64_t address)
{
    struct rig_worker *w = faulter();
    unsigned before = test_failures();

    fault_start(w, code, argument);
    expect_fault(name, w, cause, pc, address);
    if (cause != ISTHMUS_FAULT_STEP) /* which would go on, step by step */
        resume_landed(name);
    rig_end(w);
    QUIET_OK(name, before);
}

/* ---- each kind ---- */

static const char constant[64] = "read-only";

static void kinds(void)
{
    const uint64_t kernel = 0xffffffff80200000, text = (uint64_t)fault_wait & ~(uint64_t)7, data = (uint64_t)&handler;
    uint64_t address = RIG_WINDOW + 123456;

    one("load from nowhere", fault_load, address, ISTHMUS_FAULT_READ, (uint64_t)fault_load, address);
    one("load from null", fault_load, 0, ISTHMUS_FAULT_READ, (uint64_t)fault_load, 0);
    one("load from the kernel", fault_load, kernel, ISTHMUS_FAULT_READ, (uint64_t)fault_load, kernel);
    one("load from the kernel's cells", fault_load, 0xffffffffa0000000, ISTHMUS_FAULT_READ, (uint64_t)fault_load, 0xffffffffa0000000);
    one("store to nowhere", fault_store, address, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, address);
    one("store to the kernel", fault_store, kernel, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, kernel);
    one("store to a constant", fault_store, (uint64_t)constant, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, (uint64_t)constant);
    one("store to the program", fault_store, text, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, text);
    one("store to the boot information", fault_store, ISTHMUS_BOOT_INFO_ADDRESS, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store,
        ISTHMUS_BOOT_INFO_ADDRESS);
    one("jump to data", fault_jump, data, ISTHMUS_FAULT_EXECUTE, data, data);
    one("jump to nowhere", fault_jump, RIG_WINDOW, ISTHMUS_FAULT_EXECUTE, RIG_WINDOW, RIG_WINDOW);
    one("jump to null", fault_jump, 0, ISTHMUS_FAULT_EXECUTE, 0, 0);
    one("jump into the kernel", fault_jump, kernel, ISTHMUS_FAULT_EXECUTE, FAULT_KERNEL_PC(kernel), kernel);
    one("undefined instruction", fault_undefined, 0, ISTHMUS_FAULT_INSTRUCTION, (uint64_t)fault_undefined, 0);
    for (unsigned i = 0; i < sizeof fault_own / sizeof fault_own[0]; i++)
        one(fault_own[i].name, fault_own[i].code, fault_own[i].argument, fault_own[i].cause,
            fault_own[i].at ? (uint64_t)fault_own[i].at : (uint64_t)fault_own[i].code, fault_own[i].address);
}

/* ---- going on ---- */

/* The page comes while the thread waits, as a pager would do it; the instruction is repeated. */
static void paged_in(void)
{
    struct rig_worker *w = faulter();
    unsigned before = test_failures();
    struct space_page page = { rig_frame(RIG_POOL), RIG_WINDOW, ISTHMUS_MAP_READ, 0 };
    uint64_t value[8];

    fault_start(w, fault_store, RIG_WINDOW + 8);
    expect_fault("store", w, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, RIG_WINDOW + 8);
    NEED("map", space_map_into(RIG_TASK, RIG_POOL, &page));
    resume("read-only is not enough", ISTHMUS_FAULT_RESUME, 0);
    expect_fault("store again", w, ISTHMUS_FAULT_WRITE, (uint64_t)fault_store, RIG_WINDOW + 8);
    NEED("unmap", isthmus_task_unmap(RIG_TASK, RIG_WINDOW, 1));
    page.flags |= ISTHMUS_MAP_WRITE;
    NEED("map", space_map_into(RIG_TASK, RIG_POOL, &page));
    resume("writable", ISTHMUS_FAULT_RESUME, 0);
    rig_settle();
    QUIET_EQUAL("stored", *(volatile uint64_t *)(RIG_WINDOW + 8), RIG_WINDOW + 8);
    NEED("suspend", isthmus_thread_suspend(w->thread));
    NEED("read", isthmus_thread_read(w->thread, 0, 1, value));
    QUIET("behind it", value[0] - (uint64_t)fault_wait < 16);
    rig_end(w);
    rig_destroy(RIG_POOL, page.cap);
    QUIET_OK("a page comes, and the instruction is repeated", before);
}

/* ---- registers ---- */

static uint64_t pattern(unsigned n) { return 0x1234560000 + n * 0x01010101; }

static uint64_t read_one(struct rig_worker *w, unsigned n)
{
    uint64_t value[8] = { 0 };

    QUIET_ERROR("read", isthmus_thread_read(w->thread, n, 1, value), ISTHMUS_OK);
    return value[0];
}

static void registers(void)
{
    struct rig_worker *w = faulter();
    unsigned before = test_failures();
    uint64_t value[8] = { 0 }, some[6], held;

    fault_start(w, fault_break, 0x77);
    expect_fault("breakpoint", w, ISTHMUS_FAULT_BREAKPOINT, (uint64_t)fault_break + FAULT_BREAK_BYTES, 0);
    for (unsigned n = 1; n < FAULT_REGISTERS; n++) {
        some[0] = pattern(n);
        QUIET_ERROR("write", isthmus_thread_write(w->thread, n, 1, some), ISTHMUS_OK);
    }
    stack_end = pattern(2); /* riscv64; x86_64's is register 1 */
    if (FAULT_BREAK_BYTES)
        stack_end = pattern(1);
    resume("goes on to the next", ISTHMUS_FAULT_RESUME_AT, (uint64_t)fault_break);
    expect_fault("breakpoint", w, ISTHMUS_FAULT_BREAKPOINT, (uint64_t)fault_break + FAULT_BREAK_BYTES, 0);
    QUIET_EQUAL("pc", read_one(w, 0), (uint64_t)fault_break + FAULT_BREAK_BYTES);
    for (unsigned n = 1; n < FAULT_REGISTERS; n++) {
        (void)fault_writable(n, pattern(n), &held);
        QUIET_EQUAL("what was written went through the processor", read_one(w, n), held);
    }
    QUIET_ERROR("eight at once", isthmus_thread_read(w->thread, 3, 8, value), ISTHMUS_OK);
    for (unsigned i = 0; i < 8; i++)
        QUIET_EQUAL("the same", value[i], pattern(3 + i));
    for (unsigned i = 0; i < 6; i++)
        some[i] = ~pattern(i);
    QUIET_ERROR("six at once", isthmus_thread_write(w->thread, 4, 6, some), ISTHMUS_OK);
    for (unsigned i = 0; i < 6; i++)
        QUIET_EQUAL("written", read_one(w, 4 + i), some[i]);

    QUIET_ERROR("none", isthmus_thread_read(w->thread, 0, 0, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("nine", isthmus_thread_read(w->thread, 0, 9, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("behind the last", isthmus_thread_read(w->thread, FAULT_REGISTERS, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("beyond the last", isthmus_thread_read(w->thread, FAULT_REGISTERS - 1, 2, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("far away", isthmus_thread_read(w->thread, (uint64_t)1 << 32, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("write none", isthmus_thread_write(w->thread, 0, 0, some), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("write seven", isthmus_thread_write(w->thread, 0, 7, some), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("write behind the last", isthmus_thread_write(w->thread, FAULT_REGISTERS, 1, some), ISTHMUS_E_ARGUMENT);
    rig_end(w);
    QUIET_OK("registers of a faulted thread", before);
}

/* Values that might do harm: what is refused changes nothing, what is taken lets the thread run on at user level. */
static void hostile_values(void)
{
    static const uint64_t hostile[] = {
        ~(uint64_t)0, 0x800000000000, 0xffff800000000000, 0x7fffffffffff, ISTHMUS_USER_LIMIT, 0xffffffff80200000, 0x3000, 0x20000, 0x100,
    };
    unsigned before = test_failures();

    for (unsigned n = 0; n < FAULT_REGISTERS; n++) {
        for (unsigned i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
            struct rig_worker *w = faulter();
            uint64_t some[6] = { hostile[i] }, was, held = 0;

            fault_start(w, fault_undefined, 0);
            expect_fault("undefined", w, ISTHMUS_FAULT_INSTRUCTION, (uint64_t)fault_undefined, 0);
            was = read_one(w, n);
            bool may = fault_writable(n, hostile[i], &held);
            QUIET_ERROR("write", isthmus_thread_write(w->thread, n, 1, some), may ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT);
            QUIET_EQUAL("held", read_one(w, n), may ? held : was);
            if (n) {
                resume("run with it", ISTHMUS_FAULT_RESUME_AT, (uint64_t)fault_undefined);
            } else {
                resume("run there", ISTHMUS_FAULT_RESUME, 0);
            }
            struct isthmus_message m;
            QUIET_ERROR("it faults again", isthmus_recv(handler, NULL, &m), ISTHMUS_OK);
            rig_end(w);
        }
    }
    for (unsigned i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct rig_worker *w = faulter();
        struct isthmus_message m;

        fault_start(w, fault_undefined, 0);
        expect_fault("undefined", w, ISTHMUS_FAULT_INSTRUCTION, (uint64_t)fault_undefined, 0);
        resume("at a hostile address", ISTHMUS_FAULT_RESUME_AT, hostile[i]);
        QUIET_ERROR("it faults", isthmus_recv(handler, NULL, &m), ISTHMUS_OK);
        rig_end(w);
    }
    QUIET_OK("hostile values in registers", before);
}

void isthmus_main(uint64_t arg)
{
    isthmus_slot e;

    rig_enter(arg);
    rig_begin();
    e = rig_endpoint(RIG_POOL);
    handler = e;
    NEED("handler", isthmus_task_handler(RIG_TASK, rig_copy(e, ISTHMUS_R_WRITE, HANDLER_BADGE)));
    kinds();
    paged_in();
    registers();
    hostile_values();
    death_tests();
    test_done();
}
