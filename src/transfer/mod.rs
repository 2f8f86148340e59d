//! Landmark transfer: draws a pose by taking each pixel's colour where the sheet shows the same landmark. Needs no weights.
