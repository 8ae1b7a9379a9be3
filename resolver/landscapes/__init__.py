"""What predictors walk on: complete stacks as landscapes, moves among them, and what bounds their scores."""
