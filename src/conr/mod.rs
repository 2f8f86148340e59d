//! CoNR, collaborative neural rendering: the networks, their weight files and the renderer.
