"""From a promoted release to answers over HTTP."""
