"""What Python source uses: files in, `ModuleFacts` per file, one report per tree out; nothing is run."""
