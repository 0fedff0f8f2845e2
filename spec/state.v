(* The kernel's whole state (kernel/state.h): flat tables, named here column by column.

   A field is one column of a table; a state gives every (field, index) a word of the field's width.  Indices are those of
   the C: a cell, a frame, a core, an interrupt line.  What a frame holds is a view, reached by an index made of the frame's
   number and the place in it:

     slot_*    frame of a leaf * 128 + slot of the leaf           register  frame of a thread * 64 + place (below)
     leaf      frame of a capability root * 512 + number          entry     frame of a table * 512 + number (entry_ix)
     link_*    frame of links * 512 + number                      receive   frame of a thread * 4 + number
     data      frame that user level may map * 512 + word

   Fields of different kinds of cell that share storage in C are columns of their own here: a cell is zeroed before it
   changes its kind, and a field is read only where the kind is known.  frame_id is also what C calls frame.links. *)
From Coq Require Import NArith.

Inductive field : Set :=
(* cell: common head *)
| cell_id | cell_kind | cell_state | cell_priority | cell_form | cell_next | cell_prev | cell_own | cell_head | cell_tail
(* cell: by kind *)
| thread_frame | thread_task | thread_budget | thread_peer | thread_call | thread_peer_call
| task_slots | task_table | task_space | task_window_base | task_window_size
| pool_frame_head | pool_frame_tail | pool_large_head | pool_large_tail
| pool_free_cells | pool_free_frames | pool_free_large | pool_used_cells
| endpoint_cursor | endpoint_badge
| notification_thread | notification_bits | notification_thread_id
| budget_notification | budget_left | budget_slice | budget_notification_id
| forwarder_target | forwarder_kind | forwarder_target_id | forwarder_badge | forwarder_rights
| irq_notification | irq_line | irq_notification_id | irq_badge
| device_ports | device_base | device_size
(* cell_cold *)
| cold_pool | cold_pool_next | cold_pool_prev | cold_sibling_next | cold_sibling_prev | cold_extra | cold_badge
(* frame *)
| frame_id | frame_kind | frame_order | frame_scan | frame_pool | frame_next | frame_prev | frame_owner | frame_map
(* view of a thread's frame *)
| register | register_core | wait_badge | fault_label | fault_cause | fault_address | fault_code
| budget_id | own_budget | own_budget_id | bound | bound_id
| redirect_frame | redirect_id | redirect_address | receive
(* views of a capability table *)
| leaf | handler | handler_id | handler_badge
| slot_object | slot_kind | slot_rights | slot_id | slot_badge
(* views of page tables, their links, and user level's data *)
| entry | link_next | link_prev | data
(* core *)
| core_current | core_ready | core_bitmap | core_budget | core_budget_id | core_budget_start | core_fpu_owner
| core_deadline | core_deadline_notification | core_deadline_id | core_deadline_badge | core_resched | core_armed
(* one of each, at index 0, or at a line *)
| irq_cell | next_id | frame_count | core_count
(* of the machine: the counter that user level reads; what the timer is set to; a line is masked; bytes logged; halted *)
| time | timer | line_unmasked | logged | halted
(* of this specification: the answer of the operation *)
| result.

(* Bits of a field: what is written is cut to them. *)
Definition width (f : field) : N :=
  match f with
  | cell_kind | cell_state | cell_priority | cell_form | frame_kind | frame_order | slot_kind | slot_rights => 8
  | frame_scan => 16
  | cell_next | cell_prev | cell_own | cell_head | cell_tail
  | thread_frame | thread_task | thread_budget | thread_peer | task_slots | task_table
  | pool_frame_head | pool_frame_tail | pool_large_head | pool_large_tail
  | pool_free_cells | pool_free_frames | pool_free_large | pool_used_cells
  | endpoint_cursor | notification_thread | budget_notification | forwarder_target | forwarder_kind
  | irq_notification | irq_line | device_ports
  | cold_pool | cold_pool_next | cold_pool_prev | cold_sibling_next | cold_sibling_prev | cold_extra
  | frame_pool | frame_next | frame_prev | frame_owner | frame_map
  | own_budget | bound | redirect_frame | receive | leaf | handler | slot_object | link_next | link_prev
  | core_current | core_ready | core_budget | core_fpu_owner | core_deadline_notification | core_resched
  | irq_cell | frame_count | core_count => 32
  | _ => 64
  end%N.

Local Open Scope N_scope.

(* enum cell_kind; KIND_POOL to KIND_IRQ of the interface have the same numbers *)
Definition CELL_FREE := 0.         Definition CELL_POOL := 1.          Definition CELL_TASK := 2.
Definition CELL_THREAD := 3.       Definition CELL_ENDPOINT := 4.      Definition CELL_NOTIFICATION := 5.
Definition CELL_BUDGET := 6.       Definition CELL_FORWARDER := 7.     Definition CELL_IRQ := 8.
Definition CELL_READY := 9.        Definition CELL_DEVICE := 10.

(* enum thread_state: beside each, the queue that the thread is in *)
Definition SUSPENDED := 0.         (* none *)
Definition RUNNING := 1.           (* none; core_current *)
Definition READY := 2.             (* a ready queue *)
Definition STARVED := 3.           (* the budget that ran out, or none without a budget *)
Definition SENDING := 4.           (* an endpoint *)
Definition CALLING := 5.           (* an endpoint *)
Definition FAULTING := 6.          (* an endpoint *)
Definition RECEIVING := 7.         (* an endpoint *)
Definition WAITING := 8.           (* a notification *)
Definition REPLY := 9.             (* the server thread that owes the reply *)
Definition FAULT_REPLY := 10.      (* the server thread that handles the fault *)

(* enum endpoint_state *)
Definition EMPTY := 0.             Definition SENDERS := 1.            Definition RECEIVERS := 2.

(* enum thread_form, bits *)
Definition FORM_FULL := 1.         Definition FORM_PENDING := 2.

(* enum resched, bits: why the running thread may have to stop at the end of an entry *)
Definition RESCHED_URGENT := 1.    Definition RESCHED_BUDGET := 2.

(* enum frame_kind *)
Definition FRAME_NONE := 0.        Definition FRAME_FREE := 1.         Definition FRAME_DATA := 2.
Definition FRAME_SPLITTING := 3.   Definition FRAME_COVERED := 4.      Definition FRAME_THREAD := 5.
Definition FRAME_SLOTS_ROOT := 6.  Definition FRAME_SLOTS := 7.        Definition FRAME_TABLE := 8.
Definition FRAME_LINKS := 9.

Definition LARGE_ORDER := 9.       Definition LARGE_FRAMES := 512.     Definition PAGE := 4096.
Definition DYING := 2 ^ 63.        Definition ONES := 2 ^ 64 - 1.      Definition MAX_IRQ := 1024.

(* Places of a thread's registers: those that the kernel names, then the others, at OTHER + their number in the interface's
   list of the instruction set. *)
Definition PC := 0.                Definition SP := 1.                 Definition OPERATION := 2.
Definition SLOT := 3.              Definition TAG := 4.                Definition WORD (i : N) := 5 + i.
Definition OTHER := 16.            Definition PLACES := 64.
