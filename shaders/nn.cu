// The kernels of `nn/` for NVIDIA cards, one thread for each value of the result. Compiled at run time for the card that
// is there, once for each type that numbers are stored as: before this text stands `#define STORED_AS_` and F32, F16 or
// BF16. Sums are floats whatever that is. No header is included, so that the compiler alone suffices.
//
// Pictures are N×C×H×W without gaps. Arguments: the result, its length, the inputs, their sizes.

#if defined(STORED_AS_F32)
typedef float T;
#else
struct T {
    unsigned short bits;
#if defined(STORED_AS_F16)
    __device__ operator float() const {
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
        return value;
    }
    __device__ explicit T(float value) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value)); }
#else
    __device__ operator float() const { return __int_as_float((int)bits << 16); }
    __device__ explicit T(float value) {
        // To the nearest, ties to even; what is no number stays none.
        unsigned int all = __float_as_int(value);
        bits = value != value ? 0x7fc0 : (unsigned short)((all + 0x7fff + (all >> 16 & 1)) >> 16);
    }
#endif
};
#endif

#define EACH(i, count) \
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < (count); i += (long long)gridDim.x * blockDim.x)

// Where an output pixel lies between two of the source's.
struct Between {
    int first, second;
    float share;
};

// Half-pixel centres, as PyTorch's interpolate(align_corners=False).
__device__ Between between(int to_at, int from, int to) {
    float at = fmaxf((to_at + 0.5f) * (float)from / (float)to - 0.5f, 0.0f);
    int first = min((int)at, from - 1);
    Between b = {first, min(first + 1, from - 1), at - first};
    return b;
}

// Where a pixel looks along one axis; `free`: the value changes as the flow does, not held by the border.
struct Look {
    Between between;
    bool free;
};

__device__ Look look(int own, float flow, int length) {
    float at = own + flow;
    float last = (float)(length - 1);
    bool free = at > 0.0f && at < last;
    at = fminf(fmaxf(at, 0.0f), last);
    int first = min((int)at, max(length - 2, 0));
    Look l = {{first, min(first + 1, length - 1), at - first}, free};
    return l;
}

__device__ float mix(float a, float b, float share) { return a + (b - a) * share; }

extern "C" __global__ void prelu(T *out, long long count, const T *x, const T *slope, int c, int area) {
    EACH(i, count) {
        float value = (float)x[i];
        out[i] = (T)(value > 0.0f ? value : value * (float)slope[i / area % c]);
    }
}

extern "C" __global__ void lerp(T *out, long long count, const T *x, int h, int w, int to_h, int to_w) {
    EACH(i, count) {
        Between column = between(i % to_w, w, to_w);
        Between row = between(i / to_w % to_h, h, to_h);
        const T *image = x + i / ((long long)to_h * to_w) * h * w;
        const T *upper = image + (long long)row.first * w, *lower = image + (long long)row.second * w;
        float a = mix((float)upper[column.first], (float)lower[column.first], row.share);
        float b = mix((float)upper[column.second], (float)lower[column.second], row.share);
        out[i] = (T)mix(a, b, column.share);
    }
}

// The transpose of lerp; one thread for each value of the gradient, `out` is zero before.
extern "C" __global__ void lerp_gradient(float *out, long long count, const float *gradient, int h, int w, int to_h, int to_w) {
    EACH(i, count) {
        Between column = between(i % to_w, w, to_w);
        Between row = between(i / to_w % to_h, h, to_h);
        float *image = out + i / ((long long)to_h * to_w) * h * w;
        float left = gradient[i] * (1.0f - column.share), right = gradient[i] * column.share;
        atomicAdd(image + (long long)row.first * w + column.first, left * (1.0f - row.share));
        atomicAdd(image + (long long)row.first * w + column.second, right * (1.0f - row.share));
        atomicAdd(image + (long long)row.second * w + column.first, left * row.share);
        atomicAdd(image + (long long)row.second * w + column.second, right * row.share);
    }
}

// Channels c, of which each of `groups` groups has a flow of its own.
extern "C" __global__ void warp(T *out, long long count, const T *x, const T *flow, int c, int groups, int h, int w) {
    long long area = (long long)h * w;
    EACH(i, count) {
        long long pixel = i % area, plane = i / area;
        long long group = plane / c * groups + plane % c / (c / groups);
        const T *flow_x = flow + 2 * group * area, *flow_y = flow_x + area;
        Between column = look(pixel % w, (float)flow_x[pixel], w).between;
        Between row = look(pixel / w, (float)flow_y[pixel], h).between;
        const T *image = x + plane * area;
        const T *upper = image + (long long)row.first * w, *lower = image + (long long)row.second * w;
        float above = mix((float)upper[column.first], (float)upper[column.second], column.share);
        float below = mix((float)lower[column.first], (float)lower[column.second], column.share);
        out[i] = (T)mix(above, below, row.share);
    }
}

// The gradient of warp by the image; one thread for each value of the gradient, `out` is zero before.
extern "C" __global__ void warp_gradient(float *out, long long count, const float *gradient, const float *flow, int c, int groups, int h, int w) {
    long long area = (long long)h * w;
    EACH(i, count) {
        long long pixel = i % area, plane = i / area;
        long long group = plane / c * groups + plane % c / (c / groups);
        const float *flow_x = flow + 2 * group * area, *flow_y = flow_x + area;
        Between column = look(pixel % w, flow_x[pixel], w).between;
        Between row = look(pixel / w, flow_y[pixel], h).between;
        float *image = out + plane * area;
        float above = gradient[i] * (1.0f - row.share), below = gradient[i] * row.share;
        atomicAdd(image + (long long)row.first * w + column.first, above * (1.0f - column.share));
        atomicAdd(image + (long long)row.first * w + column.second, above * column.share);
        atomicAdd(image + (long long)row.second * w + column.first, below * (1.0f - column.share));
        atomicAdd(image + (long long)row.second * w + column.second, below * column.share);
    }
}

// The gradient of warp by the flow; one thread for each value of the flow.
extern "C" __global__ void warp_flow_gradient(float *out, long long count, const float *gradient, const float *x, const float *flow, int c, int groups, int h, int w) {
    long long area = (long long)h * w;
    EACH(i, count) {
        long long pixel = i % area, group = i / (2 * area);
        bool vertical = i / area % 2 == 1;
        const float *flow_x = flow + 2 * group * area, *flow_y = flow_x + area;
        Look column = look(pixel % w, flow_x[pixel], w), row = look(pixel / w, flow_y[pixel], h);
        Between cb = column.between, rb = row.between;
        int in_group = c / groups;
        float sum = 0.0f;
        if (vertical ? row.free : column.free) {
            for (int k = 0; k < in_group; k++) {
                long long plane = group * in_group + k;
                const float *upper = x + plane * area + (long long)rb.first * w;
                const float *lower = x + plane * area + (long long)rb.second * w;
                float a = upper[cb.first], b = upper[cb.second], d = lower[cb.first], e = lower[cb.second];
                float slope = vertical ? mix(d - a, e - b, cb.share) : mix(b - a, e - d, rb.share);
                sum += gradient[plane * area + pixel] * slope;
            }
        }
        out[i] = sum;
    }
}

// n samples of `mask` and `x`; a mask of one channel is all channels'. Doubles, so that the order of the samples cannot be
// told from the result.
extern "C" __global__ void consensus(T *out, long long count, const T *mask, const T *x, int n, int mask_c, int c, int area) {
    EACH(i, count) {
        long long pixel = i % area;
        const T *masks = mask + i / area % mask_c * area + pixel;
        long long mask_step = (long long)mask_c * area, step = (long long)c * area;
        float greatest = -3.402823466e38f;
        for (int v = 0; v < n; v++) greatest = fmaxf(greatest, (float)masks[v * mask_step]);
        double sum = 0.0, total = 0.0;
        for (int v = 0; v < n; v++) {
            float weight = (float)masks[v * mask_step];
            double share = expf(weight - greatest);
            total += share;
            sum += share * weight * (float)x[v * step + i];
        }
        out[i] = (T)(float)(sum / total);
    }
}

// Adds `value` up over a block of threads (a power of two of them, 1024 at most).
__device__ float block_sum(float value) {
    __shared__ float sums[1024];
    sums[threadIdx.x] = value;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    float sum = sums[0];
    __syncthreads();
    return sum;
}

// A block of threads for each image of a channel.
extern "C" __global__ void instance_norm(T *out, long long planes, const T *x, const T *gain, const T *bias, int c, int area) {
    for (long long plane = blockIdx.x; plane < planes; plane += gridDim.x) {
        const T *image = x + plane * area;
        float sum = 0.0f;
        for (int i = threadIdx.x; i < area; i += blockDim.x) sum += (float)image[i];
        float mean = block_sum(sum) / area;
        float squares = 0.0f;
        for (int i = threadIdx.x; i < area; i += blockDim.x) {
            float off = (float)image[i] - mean;
            squares += off * off;
        }
        float factor = (float)gain[plane % c] / sqrtf(block_sum(squares) / area + 1e-5f);
        float shift = (float)bias[plane % c];
        for (int i = threadIdx.x; i < area; i += blockDim.x) {
            out[plane * area + i] = (T)(((float)image[i] - mean) * factor + shift);
        }
    }
}

// What a window of k×k taps sees at each of `rows`×`columns` places: N×C×k²×places from N×C×H×W.
extern "C" __global__ void unfold(T *out, long long count, const T *x, int h, int w, int rows, int columns, int k, int stride, int pad) {
    EACH(i, count) {
        int column = i % columns, row = i / columns % rows;
        long long line = i / ((long long)rows * columns);
        int tap = line % (k * k);
        int at_y = row * stride + tap / k - pad, at_x = column * stride + tap % k - pad;
        bool inside = at_y >= 0 && at_y < h && at_x >= 0 && at_x < w;
        out[i] = inside ? x[line / (k * k) * h * w + (long long)at_y * w + at_x] : (T)0.0f;
    }
}

// The transpose of unfold: every pixel is the sum of what lies on it.
extern "C" __global__ void fold(T *out, long long count, const T *matrix, int h, int w, int rows, int columns, int k, int stride, int pad) {
    EACH(i, count) {
        int at_x = i % w, at_y = i / w % h;
        long long plane = i / ((long long)h * w);
        float sum = 0.0f;
        for (int dy = 0; dy < k; dy++) {
            int y = at_y + pad - dy;
            if (y < 0 || y % stride != 0 || y / stride >= rows) continue;
            for (int dx = 0; dx < k; dx++) {
                int x = at_x + pad - dx;
                if (x < 0 || x % stride != 0 || x / stride >= columns) continue;
                long long line = plane * k * k + dy * k + dx;
                sum += (float)matrix[(line * rows + y / stride) * columns + x / stride];
            }
        }
        out[i] = (T)sum;
    }
}
