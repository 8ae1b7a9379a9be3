"""Topics that nobody named: learnt from texts, measured, named by their terms, to explain and browse by."""
