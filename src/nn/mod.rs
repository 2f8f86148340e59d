//! What candle lacks: convolution kernels, warp, resize, instance norm, PReLU.
