//! Frames made and sent: layers over the protocol declarations, scripts, transmit.
