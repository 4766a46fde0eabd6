"""The hosted pages: plain HTML that works at 360 px, without scripts and without anything from elsewhere."""
