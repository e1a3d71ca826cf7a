[(list) (bracket) (brace) (block_comment)] @fold
