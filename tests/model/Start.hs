-- The state in which the log begins: the root task as the kernel makes it, numbered as at boot (kernel/start.c); of the frames only
-- how many there are.
module Start (Facts (..), facts, start, port, rootTask) where

import Data.List (foldl')
import Data.Word
import Spec (Field (..))
import qualified Spec
import Store

data Facts = Facts
  { isa, entryPc, afterPc, faultPc, stackEnd, nextId, poolId, taskId, threadId, budgetId, freeCells, freeFrames, freeLarge,
    usedCells, usedFrames, slice :: !Word64 }

facts :: [Word64] -> Facts
facts [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = Facts a b c d e f g h i j k l m n o p
facts _ = error "sixteen numbers"

port :: Facts -> Spec.Port Word64 Bool Store
port f = if isa f == 0 then Spec.riscv64 machine else Spec.x86_64 machine

rootPool, firstReady, rootTask, rootBudget, rootThread, firstFree :: Word64
rootPool = 1
firstReady = 2
rootTask = 66
rootBudget = 67
rootThread = 68
firstFree = 69

start :: Facts -> Store
start f = foldl' (\s (field, i, v) -> put field i v s) members cells
  where
    m = machine
    -- frames: free ones from 1, then those in use; the root's own first; then large ones
    used = freeFrames f + 1
    [slots, leaf, thread, table] = [used .. used + 3]
    large = (used + usedFrames f) `div` 512 * 512 + 512
    members = foldl' (flip ($)) empty $
      [put Next_id 0 (nextId f), put Cell_kind rootPool 1, put Cell_id rootPool (poolId f)]
        ++ [Spec.list_append m Spec.cells_of rootPool c . put Cold_pool c rootPool
             | c <- [firstFree .. firstFree + freeCells f - 1] ++ [rootTask, rootBudget, rootThread]]
        ++ [put Pool_free_cells rootPool (freeCells f), put Pool_used_cells rootPool (usedCells f)]
        ++ [Spec.add_free m rootPool i | i <- reverse [1 .. freeFrames f]]
        ++ [Spec.list_append m Spec.frames_of rootPool i . put Frame_pool i rootPool . put Frame_kind i 2
             | i <- [used .. used + usedFrames f - 1]]
        ++ [put Cold_extra rootPool (usedFrames f), put Frame_count 0 (large + 512 * freeLarge f), put Core_count 0 1]
        ++ [Spec.add_free_large m rootPool (large + 512 * i) | i <- reverse [0 .. freeLarge f - 1], freeLarge f > 0]
    cells =
      [(Cell_kind, q, 9) | q <- [firstReady .. firstReady + 63]]
        ++ [(Cell_kind, rootTask, 2), (Cell_id, rootTask, taskId f), (Task_slots, rootTask, slots), (Task_table, rootTask, table),
            (Task_window_size, rootTask, maxBound), (Cold_extra, rootTask, rootThread)]
        ++ [(Cell_kind, rootBudget, 6), (Cell_id, rootBudget, budgetId f), (Budget_left, rootBudget, slice f),
            (Budget_slice, rootBudget, slice f)]
        ++ [(Cell_kind, rootThread, 3), (Cell_id, rootThread, threadId f), (Cell_state, rootThread, 1), (Cell_priority, rootThread, 63),
            (Thread_frame, rootThread, thread), (Thread_task, rootThread, rootTask), (Thread_budget, rootThread, rootBudget),
            (Budget_id, thread, budgetId f), (Own_budget, thread, rootBudget), (Own_budget_id, thread, budgetId f)]
        ++ [(Frame_kind, slots, 6), (Frame_owner, slots, rootTask), (Frame_kind, leaf, 7), (Frame_owner, leaf, rootTask),
            (Frame_kind, thread, 5), (Frame_owner, thread, rootThread), (Frame_kind, table, 8), (Frame_owner, table, rootTask),
            (Leaf, slots * 512, leaf)]
        ++ [(Core_current, 0, rootThread), (Core_ready, 0, firstReady), (Core_budget, 0, rootBudget), (Core_budget_id, 0, budgetId f),
            (Core_deadline, 0, maxBound), (Core_armed, 0, maxBound)]
        ++ concat [cap leaf n kind object i 0 | (n, kind, object, i) <- [(1, 1, rootPool, poolId f), (2, 2, rootTask, taskId f),
                   (3, 3, rootThread, threadId f), (4, 6, rootBudget, budgetId f)]]
        ++ cap leaf 5 11 0 0 31
    cap l n kind object i badge =
      let s = l * 128 + n
       in [(Slot_kind, s, kind), (Slot_object, s, object), (Slot_id, s, i), (Slot_rights, s, 31), (Slot_badge, s, badge)]
