"""What differs between two locks: releases, what the target makes of them, and what is worse."""
