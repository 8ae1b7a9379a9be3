"""Reports as pages of HTML that people look at: one file each, which loads nothing and needs no script."""
