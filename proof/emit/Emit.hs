-- Prints operations of the specification as term graphs, one JSON file each (the format is in proof/specification.py).
--
-- Words, truth values and states are numbers of nodes; equal nodes are one, so that a graph stays small where a tree of
-- merged states would not.  The table of nodes is the one thing here that is not pure.
module Main (main) where

import Data.IORef
import Data.List (intercalate)
import qualified Data.Map.Strict as Map
import System.Environment (getArgs)
import System.IO.Unsafe (unsafePerformIO)
import Spec (Field (..), Machine (..))
import qualified Spec

deriving instance Show Field

type Node = Int

{-# NOINLINE table #-}
table :: IORef (Map.Map String Node, [String])
table = unsafePerformIO (newIORef (Map.empty, []))

{-# NOINLINE node #-}
node :: [String] -> Node
node parts = unsafePerformIO (atomicModifyIORef' table add)
  where
    text = "[" ++ intercalate "," parts ++ "]"
    add (known, listed) = case Map.lookup text known of
      Just n -> ((known, listed), n)
      Nothing -> let n = Map.size known in ((Map.insert text n known, text : listed), n)

op :: String -> [Node] -> Node
op name arguments = name `seq` foldr seq (node (show name : map show arguments)) arguments

machine :: Machine Node Node Node
machine = Build_Machine
  (\n -> node [show "literal", show n])
  (two "eq") (two "lt") (two "and") (two "or") (two "clear") (two "add") (two "sub") (two "shl") (two "shr")
  (three "ite") (\a -> op "not" [a]) (two "all") (two "any")
  (\f i s -> i `seq` s `seq` node [show "read", show (show f), show i, show s])
  (\f i v s -> i `seq` v `seq` s `seq` node [show "write", show (show f), show i, show v, show s])
  (three "merge") (two "zero_frame") (two "zero_cell")
  where
    two name a b = op name [a, b]
    three name a b c = op name [a, b, c]

-- Name, names of the arguments, the action.
operations :: [(String, [String], [Node] -> Node -> Node)]
operations =
  [ ("queue_append", ["queue", "thread"], \a -> case a of { [q, t] -> Spec.queue_append machine q t; _ -> id })
  , ("queue_unlink", ["thread"], \a -> case a of { [t] -> Spec.queue_unlink machine t; _ -> id })
  ]

emit :: FilePath -> (String, [String], [Node] -> Node -> Node) -> IO ()
emit folder (name, arguments, action) = do
  writeIORef table (Map.empty, [])
  let passed = [node [show "argument", show a] | a <- arguments]
      final = foldr seq (action passed (node [show "entry"])) passed
  end <- final `seq` return final
  (_, listed) <- readIORef table
  writeFile (folder ++ "/" ++ name ++ ".json") $
    "{\"operation\": " ++ show name ++ ", \"state\": " ++ show end ++ ", \"nodes\": [\n"
      ++ intercalate ",\n" (reverse listed) ++ "\n]}\n"

main :: IO ()
main = do
  [folder] <- getArgs
  mapM_ (emit folder) operations
