(* Pools (kernel/pool.c): who pays for cells and frames.  A pool's members are two lists, cells and frames, free ones in
   front; free large frames are a third. *)
From Isthmus Require Export list cap.

Section Pool.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* ---- members *)

Definition cell_number (c : W) : Act := id <- fresh_id; cell_id @ c := id.

(* k gets a free cell of the pool, with a kind and a fresh id, or nil. *)
Definition cell_take (pool : W) (kind : N) (k : W -> Act) : Act :=
  free <- pool_free_cells @ pool;
  c <- cell_head @ pool;
  IF free == #0 THEN k #0
  ELSE
    list_remove cells_of pool c ;;
    list_append cells_of pool c ;;
    sub_from pool_free_cells pool #1 ;;
    add_to pool_used_cells pool #1 ;;
    cell_kind @ c := #kind ;;
    cell_number c ;;
    k c
  FI.

Definition cell_release (c : W) : Act :=
  pool <- cold_pool @ c;
  list_remove cells_of pool c ;;
  zero_cell c ;;
  list_push cells_of pool c ;;
  add_to pool_free_cells pool #1 ;;
  sub_from pool_used_cells pool #1.

Definition frame_set_used (pool f : W) (kind : N) : Act :=
  list_append frames_of pool f ;;
  add_to cold_extra pool #1 ;;
  frame_kind @ f := #kind ;;
  id <- fresh_id;
  frame_id @ f := id.

(* k gets a free frame of the pool, zeroed, or nil. *)
Definition frame_take (pool : W) (kind : N) (k : W -> Act) : Act :=
  free <- pool_free_frames @ pool;
  f <- pool_frame_head @ pool;
  IF free == #0 THEN k #0
  ELSE
    list_remove frames_of pool f ;;
    sub_from pool_free_frames pool #1 ;;
    zero_frame f ;;
    frame_set_used pool f kind ;;
    k f
  FI.

Definition frame_fill (f kind order pool scan : W) : Act :=
  frame_id @ f := #0 ;; frame_kind @ f := kind ;; frame_order @ f := order ;; frame_scan @ f := scan ;;
  frame_pool @ f := pool ;; frame_next @ f := #0 ;; frame_prev @ f := #0 ;; frame_owner @ f := #0 ;; frame_map @ f := #0.

Definition add_free (pool f : W) : Act :=
  frame_fill f #FRAME_FREE #0 pool #0 ;;
  list_push frames_of pool f ;;
  add_to pool_free_frames pool #1.

Definition add_free_large (pool f : W) : Act :=
  frame_fill f #FRAME_FREE #LARGE_ORDER pool #0 ;;
  list_push large_of pool f ;;
  add_to pool_free_large pool #1.

Definition frame_release (f : W) : Act :=
  pool <- frame_pool @ f;
  order <- frame_order @ f;
  list_remove frames_of pool f ;;
  sub_from cold_extra pool #1 ;;
  IF order == #LARGE_ORDER THEN add_free_large pool f ELSE add_free pool f FI.

(* ---- creation.  The pool is in the slot register, the destination in w0. *)
Definition creation (me : W) (k : W -> W -> Act) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  pool <- cap_get me slot KIND_POOL R_MANAGE;
  to <- slot_named me n;
  free <- slot_is_free to;
  REQUIRE free OR E_SLOT;
  k (object_of pool) to.

Definition grant (to c rights badge : W) (kind : N) : Act :=
  id <- cell_id @ c;
  answer #OK ;;
  slot_fill to (Cap #kind c id rights badge).

Definition op_pool_create_simple (kind badge : N) (me : W) : Act :=
  creation me (fun pool to =>
  c <- cell_take pool kind;
  REQUIRE c != #0 OR E_MEMORY;
  grant to c #ALL_RIGHTS #badge kind).

Definition op_pool_create_pool := op_pool_create_simple KIND_POOL 0.
Definition op_pool_create_endpoint := op_pool_create_simple KIND_ENDPOINT 0.
Definition op_pool_create_notification := op_pool_create_simple KIND_NOTIFICATION 1.
Definition op_pool_create_budget := op_pool_create_simple KIND_BUDGET 0.

Definition op_pool_create_forwarder (me : W) : Act :=
  from <- me ~> (WORD 1); rights <- me ~> (WORD 2); badge <- me ~> (WORD 3);
  creation me (fun pool to =>
  s <- slot_named me from;
  cap_copy s rights badge (fun err target =>
  below <- cold_extra @ (object_of target);
  let depth := ite (kind_of target == #KIND_FORWARDER) (below + #1) #0 in
  IF err != #OK THEN answer err
  ELSE
    REQUIRE depth < #FORWARDER_DEPTH OR E_ARGUMENT;
    f <- cell_take pool CELL_FORWARDER;
    REQUIRE f != #0 OR E_MEMORY;
    forwarder_target @ f := object_of target ;;
    forwarder_kind @ f := kind_of target ;;
    forwarder_target_id @ f := id_of target ;;
    forwarder_badge @ f := badge_of target ;;
    forwarder_rights @ f := rights_of target ;;
    cold_extra @ f := depth ;;
    grant to f (rights_of target) #0 KIND_FORWARDER
  FI)).

(* The machine capability in slot n, with a function. *)
Definition machine_with (me n : W) (function : N) (k : Act) : Act :=
  c <- cap_get me n KIND_MACHINE R_WRITE;
  REQUIRE (badge_of c .& #function) != #0 OR E_RIGHT;
  k.

Definition op_pool_create_irq (me : W) : Act :=
  n <- me ~> (WORD 1); line <- me ~> (WORD 2);
  creation me (fun pool to =>
  machine_with me n MACHINE_IRQ_BIT (
  holder <- irq_cell @ line;
  REQUIRE (line < irq_lines) && (line < #MAX_IRQ) OR E_ARGUMENT;
  REQUIRE holder == #0 OR E_BUSY;
  c <- cell_take pool CELL_IRQ;
  REQUIRE c != #0 OR E_MEMORY;
  irq_line @ c := line ;;
  irq_cell @ line := c ;;
  grant to c #ALL_RIGHTS #0 KIND_IRQ)).

Definition device_range_valid (base size ports : W) : B :=
  let last := base + size in
  (size != #0) && (last >= base) && (ports <= #1)
  && (((ports == #1) && has_ports && (last <= #0x10000))
      || ((ports == #0) && (((base .| size) .& #(PAGE - 1)) == #0) && (last <= #(2 ^ 52)) && !(touches_ram base size))).

Definition op_pool_create_device (me : W) : Act :=
  n <- me ~> (WORD 1); base <- me ~> (WORD 2); size <- me ~> (WORD 3); ports <- me ~> (WORD 4);
  creation me (fun pool to =>
  machine_with me n MACHINE_DEVICE_BIT (
  REQUIRE device_range_valid base size ports OR E_ARGUMENT;
  c <- cell_take pool CELL_DEVICE;
  REQUIRE c != #0 OR E_MEMORY;
  device_base @ c := base ;;
  device_size @ c := size ;;
  device_ports @ c := ports ;;
  grant to c #ALL_RIGHTS #0 KIND_DEVICE)).

Definition grant_frame (to f : W) : Act :=
  id <- frame_id @ f;
  answer #OK ;;
  slot_fill to (Cap #KIND_FRAME f id #ALL_RIGHTS #0).

(* A large frame is zeroed sixteen pages a step, at the front of the pool's free large frames; whoever asks next goes on. *)
Definition create_large (pool to : W) : Act :=
  f <- pool_large_head @ pool;
  REQUIRE f != #0 OR E_MEMORY;
  repeat (N.to_nat STEP) (
    scan <- frame_scan @ f;
    zero_frame (f + scan) ;;
    frame_scan @ f := scan + #1) ;;
  scan <- frame_scan @ f;
  REQUIRE scan >= #LARGE_FRAMES OR E_MORE;
  list_remove large_of pool f ;;
  sub_from pool_free_large pool #1 ;;
  frame_scan @ f := #0 ;;
  frame_set_used pool f FRAME_DATA ;;
  grant_frame to f.

Definition op_pool_create_frame (me : W) : Act :=
  large <- me ~> (WORD 1);
  creation me (fun pool to =>
  REQUIRE large <= #1 OR E_ARGUMENT;
  IF large == #1 THEN create_large pool to
  ELSE
    f <- frame_take pool FRAME_DATA;
    REQUIRE f != #0 OR E_MEMORY;
    grant_frame to f
  FI).

(* ---- giving: free cells and frames, as many as there are *)
Definition give_cell (from to : W) : Act :=
  c <- cell_head @ from;
  list_remove cells_of from c ;;
  sub_from pool_free_cells from #1 ;;
  cold_pool @ c := to ;;
  list_push cells_of to c ;;
  add_to pool_free_cells to #1.

Definition give_frame (from to : W) : Act :=
  f <- pool_frame_head @ from;
  list_remove frames_of from f ;;
  sub_from pool_free_frames from #1 ;;
  add_free to f.

Definition give_large (from to : W) : Act :=
  f <- pool_large_head @ from;
  list_remove large_of from f ;;
  sub_from pool_free_large from #1 ;;
  add_free_large to f.

Definition least (a b : W) : W := ite (a < b) a b.

Definition op_pool_give (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0); cells <- me ~> (WORD 1); frames <- me ~> (WORD 2); large <- me ~> (WORD 3);
  from <- cap_get me slot KIND_POOL R_MANAGE;
  to <- cap_get me n KIND_POOL R_WRITE;
  let a := object_of from in
  let b := object_of to in
  REQUIRE (cells <= #GIVE_MAX) && (frames <= #GIVE_MAX) && (large <= #GIVE_MAX) && (a != b) OR E_ARGUMENT;
  have_cells <- pool_free_cells @ a;
  have_frames <- pool_free_frames @ a;
  have_large <- pool_free_large @ a;
  answer #OK ;;
  me ~> (WORD 0) := least cells have_cells ;;
  me ~> (WORD 1) := least frames have_frames ;;
  me ~> (WORD 2) := least large have_large ;;
  for_each (N.to_nat GIVE_MAX) 0 (fun i => IF i < least cells have_cells THEN give_cell a b FI) ;;
  for_each (N.to_nat GIVE_MAX) 0 (fun i => IF i < least frames have_frames THEN give_frame a b FI) ;;
  for_each (N.to_nat GIVE_MAX) 0 (fun i => IF i < least large have_large THEN give_large a b FI).

(* A member of one pool goes to another as it is, free or in use. *)
Definition pool_move_cell (c to : W) : Act :=
  from <- cold_pool @ c;
  kind <- cell_kind @ c;
  IF kind == #CELL_FREE THEN give_cell from to
  ELSE
    list_remove cells_of from c ;;
    list_append cells_of to c ;;
    cold_pool @ c := to ;;
    sub_from pool_used_cells from #1 ;;
    add_to pool_used_cells to #1
  FI.

Definition pool_move_frame (f to : W) : Act :=
  from <- frame_pool @ f;
  kind <- frame_kind @ f;
  IF kind == #FRAME_FREE THEN give_frame from to
  ELSE
    list_remove frames_of from f ;;
    list_append frames_of to f ;;
    frame_pool @ f := to ;;
    sub_from cold_extra from #1 ;;
    add_to cold_extra to #1
  FI.

Definition pool_move_large (f to : W) : Act := from <- frame_pool @ f; give_large from to.

(* ---- splitting.  The large frame being split is in no list: cold_badge of the pool names it, and its scan tells how many
   of its frames are left.  They become free from the end to the front. *)
Definition split_one (pool f : W) : Act :=
  scan <- frame_scan @ f;
  frame_scan @ f := (scan - #1) ;;
  add_free pool (f + (scan - #1)).

Definition pool_split_step (pool : W) (k : W -> Act) : Act :=
  f <- cold_badge @ pool;
  repeat (N.to_nat GIVE_MAX) (scan <- frame_scan @ f; IF scan > #1 THEN split_one pool f FI) ;;
  scan <- frame_scan @ f;
  IF scan > #1 THEN k #E_MORE
  ELSE
    cold_badge @ pool := #0 ;;
    add_free pool f ;;
    k #OK
  FI.

Definition op_pool_split (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_POOL R_MANAGE;
  let pool := object_of c in
  splitting <- cold_badge @ pool;
  large <- pool_free_large @ pool;
  REQUIRE (splitting != #0) || (large != #0) OR E_MEMORY;
  IF splitting == #0 THEN
    f <- pool_large_head @ pool;
    list_remove large_of pool f ;;
    sub_from pool_free_large pool #1 ;;
    frame_fill f #FRAME_SPLITTING #LARGE_ORDER pool #LARGE_FRAMES ;;
    cold_badge @ pool := f
  FI ;;
  err <- pool_split_step pool;
  answer err.

Definition op_pool_info (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_POOL R_READ;
  let pool := object_of c in
  cells <- pool_free_cells @ pool; frames <- pool_free_frames @ pool; large <- pool_free_large @ pool;
  used_cells <- pool_used_cells @ pool; used_frames <- cold_extra @ pool;
  answer #OK ;;
  me ~> (WORD 0) := cells ;; me ~> (WORD 1) := frames ;; me ~> (WORD 2) := large ;;
  me ~> (WORD 3) := used_cells ;; me ~> (WORD 4) := used_frames.
End Pool.
