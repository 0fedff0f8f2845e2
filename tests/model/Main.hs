-- Replays a log of tests/system/model on the executable specification.
--
--     model LOG     says `agree STEPS` or `differ STEP`, what was done, what the model expects and what the kernel did
--
-- The log: sixteen numbers about the start, then turns, alternately as a thread arrives from its trap and as it traps.
module Main (main) where

import qualified Data.ByteString as Bytes
import Data.Bits
import qualified Data.IntMap.Strict as IntMap
import Data.List (foldl')
import Data.Maybe (fromMaybe)
import Data.Word
import Numeric (showHex)
import System.Environment (getArgs)
import Spec (Field (..))
import qualified Spec
import Start
import Store

-- ---- the log

data Turn = Turn { name, operation, slot, tag :: !Word64, ws :: [Word64], faults :: !Bool }

number :: Bytes.ByteString -> Maybe (Word64, Bytes.ByteString)
number = go 0 0
  where
    go shift sum bytes = do
      (b, rest) <- Bytes.uncons bytes
      let sum' = sum .|. fromIntegral (b .&. 127) `shiftL` shift
      if b < 128 then Just (sum', rest) else go (shift + 7) sum' rest

numbers :: Int -> Bytes.ByteString -> Maybe ([Word64], Bytes.ByteString)
numbers 0 bytes = Just ([], bytes)
numbers n bytes = do
  (x, rest) <- number bytes
  (xs, rest') <- numbers (n - 1) rest
  Just (x : xs, rest')

turn :: Bytes.ByteString -> Maybe (Turn, Bytes.ByteString)
turn bytes = do
  (mask, rest) <- number bytes
  (given, rest') <- numbers (popCount mask) rest
  let spread i xs | i == 13 = []
                  | testBit mask i = head xs : spread (i + 1) (tail xs)
                  | otherwise = 0 : spread (i + 1 :: Int) xs
  case spread 0 given of
    n : o : s : t : more -> Just (Turn n o s t (take 8 more) (more !! 8 /= 0), rest')
    _ -> Nothing

-- ---- comparison

-- How often each operation was answered by each status, and how many turns were not the root task's own thread's.
type Counts = IntMap.IntMap Int

data Outcome = Agree Int Counts [String] | Differ Int [String]

-- Place of the register that holds a thread's name, and codes of the two faults that happen.
nameAt, fetchCode, loadCode :: Facts -> Word64
nameAt f = if isa f == 0 then 16 + 9 else 16 + 3
fetchCode f = if isa f == 0 then 12 else 0xe00000014
loadCode f = if isa f == 0 then 13 else 0xe00000004

register :: Store -> Word64 -> Word64 -> Word64
register s t place = at Register (at Thread_frame t s * 64 + place) s

-- What thread t leaves in its registers, when it traps at this pc: all of them, or those that a system call keeps.
depart :: Facts -> Word64 -> Word64 -> Turn -> Store -> Store
depart f t pc l s = foldl' (\x (place, v) -> if kept place then put Register (frame * 64 + place) v x else x) s (zip [0 ..] values)
  where
    frame = at Thread_frame t s
    kept place = faults l || place < 2 || place > 12
    values = [pc, stackEnd f, operation l, slot l, tag l] ++ ws l ++ replicate 3 0 ++ [if 16 + i == nameAt f then name l else flags i | i <- [0 .. 31]]
    flags i = if isa f == 1 && i == 17 then 0x202 else 0

-- What thread t did last.  `Stale`: on the fast path its message stayed in registers, so if its wait ends otherwise than by a message
-- it gets back an older one; its status, and w0 if it is told who died, are right.
data Last = Last { doing :: !Word64, stale :: !Bool }

-- What differs between the registers with which the model resumes thread t and those that arrived.  The time that is left of
-- a budget and physical addresses are the machine's.
differences :: Facts -> Store -> Word64 -> Last -> Bool -> Turn -> [String]
differences f s t (Last done old) staleRead a =
  [label ++ " is " ++ shown got ++ ", the model says " ++ shown expected | (label, got, expected, exact) <- all', not (same exact got expected)]
  where
    begins = register s t 0 == entryPc f
    wanted = if begins then register s t 3 else register s t (nameAt f)
    all' = ("the thread", name a, wanted, not (begins && old))
      : zip4' ["status", "slot", "tag", "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"]
              ([operation a, slot a, tag a] ++ ws a) [register s t i | i <- [2 .. 12]]
              (True : if old then False : False : (operation a == 12) : repeat False
                      else if done == 51 && staleRead then repeat False
                      else True : True : not (not begins && done `elem` [65, 88]) : repeat True)
    same exact got expected
      | exact = got == expected
      | done == 65 && not old = abs (fromIntegral got - fromIntegral expected :: Integer) < 2 ^ (40 :: Int)
      | otherwise = True
    zip4' (w : wx) (x : xs) (y : ys) (z : zs) = (w, x, y, z) : zip4' wx xs ys zs
    zip4' _ _ _ _ = []

shown :: Word64 -> String
shown n = if n < 1000 then show n else "0x" ++ showHex n ""

describe :: Turn -> String
describe t
  | faults t = "thread " ++ shown (name t) ++ " faults"
  | otherwise = "thread " ++ shown (name t) ++ ": operation " ++ shown (operation t) ++ " slot " ++ shown (slot t) ++ " tag " ++ shown (tag t)
      ++ " words " ++ unwords (map shown (ws t))

replay :: Facts -> Bytes.ByteString -> Outcome
replay f = go True 0 (start f) IntMap.empty IntMap.empty []
  where
    m = machine
    p = port f
    fault cause address code s = Spec.trap_fault m cause address code (tick s)
    tick s = put Time 0 (at Time 0 s + 1) s
    lastOf t = fromMaybe (Last 998 False) . IntMap.lookup (fromIntegral t)
    -- Who runs, and does the log show it?
    go :: Bool -> Int -> Store -> Counts -> IntMap.IntMap Last -> [String] -> Bytes.ByteString -> Outcome
    go first step s !counts done past bytes
      | t == 0 = if Bytes.null bytes then agree else differ ["the model says that no thread can run"]
      | at Thread_task t s /= rootTask || pc `notElem` [entryPc f, afterPc f, faultPc f, 0 ] || (pc == 0 && not first) =
          go False step (fault 3 pc (fetchCode f) s) counts done past bytes
      | pc == faultPc f = go False step (fault 1 8 (loadCode f) s) counts done past bytes
      | otherwise = case turn bytes of
          Nothing -> agree
          Just (arrived, rest)
            | not first && not (null wrong) -> differ (("arrived: " ++ describe arrived ++ "; model thread " ++ show t ++ " pc " ++ shown pc) : wrong)
            | otherwise -> case turn rest of
                Nothing -> agree
                Just (l, rest') ->
                  let s' = depart f t (if faults l then faultPc f else afterPc f) l s
                      after = if faults l then fault 1 8 (loadCode f) s' else Spec.system_call m p (Spec.Message (operation l) (slot l) (tag l) (ws l)) (tick s')
                      waits x = operation l < 2 && not (faults l) && at Cell_state t x `elem` [7, 9]
                   in at Core_current 0 after `seq`
                      go False (step + 1) after (count arrived counts) (IntMap.insert (fromIntegral t) (Last (operation l) (waits after)) done) (describe l : take 40 past) rest'
            where wrong = differences f s t (lastOf t done) (any stale done) arrived
      where
        t = at Core_current 0 s
        pc = register s t 0
        count a = IntMap.insertWith (+) (fromIntegral (doing (lastOf t done)) * 64 + fromIntegral (operation a .&. 63)) 1 . IntMap.insertWith (+) (100000 + fromEnum (name a > 2)) 1
        agree = Agree step counts (("who runs: " ++ show t ++ " at pc " ++ shown pc) : past)
        differ what = Differ step (what ++ ("what was done, the last first:" : past))

main :: IO ()
main = do
  [file] <- getArgs
  bytes <- Bytes.readFile file
  case numbers 16 bytes of
    Nothing -> putStrLn "differ 0" >> putStrLn "the log is empty"
    Just (ns, rest) -> case replay (facts ns) rest of
      Agree n counts what -> do
        putStrLn ("agree " ++ show n)
        mapM_ putStrLn (take 43 what)
        mapM_ (\(k, c) -> putStrLn (unwords ["#", show (k `div` 64), show (k `mod` 64), show c])) (IntMap.toList counts)
      Differ n what -> putStrLn ("differ " ++ show n) >> mapM_ putStrLn what
