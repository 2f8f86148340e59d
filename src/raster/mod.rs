//! From a posed figure to pictures: UDP, toon and id passes, on the GPU (wgpu) or in plain Rust.
