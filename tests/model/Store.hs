-- The specification's state as a finite map, and its words as 64-bit words.
module Store (Store, empty, at, put, machine) where

import qualified Data.IntMap.Strict as Map
import Data.Bits
import Data.Word
import Spec (Field (..), Machine (..))
import qualified Spec

deriving instance Enum Field
deriving instance Bounded Field
deriving instance Show Field

-- Key: the field's number and the index.  What is zero is not there.
newtype Store = Store (Map.IntMap Word64)

empty :: Store
empty = Store Map.empty

key :: Field -> Word64 -> Int
key f i = fromEnum f `shiftL` 48 .|. fromIntegral (i .&. (2 ^ (48 :: Int) - 1))

at :: Field -> Word64 -> Store -> Word64
at f i (Store s) = Map.findWithDefault 0 (key f i) s

masks :: Map.IntMap Word64
masks = Map.fromList [(fromEnum f, 2 ^ Spec.width f - 1) | f <- [minBound .. maxBound]]

put :: Field -> Word64 -> Word64 -> Store -> Store
put f i v (Store s)
  | cut == 0 = Store (Map.delete (key f i) s)
  | otherwise = Store (Map.insert (key f i) cut s)
  where cut = v .&. (masks Map.! fromEnum f)

-- Indices first .. first + count - 1 of a field read zero.
clear :: Field -> Word64 -> Word64 -> Store -> Store
clear f first count (Store s) = Store (Map.union below (snd (Map.split (key f (first + count) - 1) above)))
  where (below, above) = Map.split (key f first) (Map.delete (key f first) s)

zeroFrame :: Word64 -> Store -> Store
zeroFrame frame store = foldr (\(f, count) -> clear f (frame * count) count) store views
  where
    views = [(Register, 64), (Receive, 4), (Leaf, 512), (Entry, 512), (Link_next, 512), (Link_prev, 512), (Data, 512)]
      ++ [(f, 128) | f <- [Slot_object .. Slot_badge]]
      ++ [(f, 1) | f <- [Register_core .. Redirect_address] ++ [Handler .. Handler_badge]]

zeroCell :: Word64 -> Store -> Store
zeroCell c store = foldr (\f -> put f c 0) store ([Cell_id .. Device_size] ++ [Cold_pool_next .. Cold_badge])

machine :: Machine Word64 Bool Store
machine = Build_Machine
  fromInteger (==) (<) (.&.) (.|.) (\a b -> a .&. complement b) (+) (-) shifted (\a n -> if n > 63 then 0 else shiftR a (fromIntegral n))
  (\b x y -> if b then x else y) not (&&) (||) at put (\b x y -> if b then x else y) zeroFrame zeroCell
  where shifted a n = if n > 63 then 0 else shiftL a (fromIntegral n)
