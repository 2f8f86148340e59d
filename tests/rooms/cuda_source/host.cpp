// Runs a kernel of shaders/nn.cu on the processor, as one thread: what its indices and sums do can be tested without a card.
//
// Standard input: the kernel's name, how many values the result has, how many times it runs over (the kernel's count),
// sizes, inputs (lengths, then all values as floats). Standard output: the result, one value a line.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#define STORED_AS_F32
#define __device__
#define __global__
#define __shared__ static

struct Place {
    unsigned x;
};
static Place blockIdx = {0}, blockDim = {1}, threadIdx = {0}, gridDim = {1};
static void __syncthreads() {}
static void atomicAdd(float *sum, float value) { *sum += value; }
using std::max;
using std::min;

#include "nn.cu"

int main() {
    std::string name;
    long long values, count;
    size_t n;
    std::cin >> name >> values >> count >> n;
    std::vector<int> s(n);
    for (auto &size : s) std::cin >> size;
    std::cin >> n;
    std::vector<std::vector<float>> in(n);
    for (auto &input : in) {
        std::cin >> n;
        input.resize(n);
    }
    for (auto &input : in)
        for (auto &value : input) std::cin >> value;
    std::vector<float> out(values, 0.0f);
    float *o = out.data();
    auto x = [&](int i) { return in.at(i).data(); };
    auto is = [&](const char *kernel) { return name == kernel; };
    if (is("prelu")) prelu(o, count, x(0), x(1), s[0], s[1]);
    else if (is("lerp")) lerp(o, count, x(0), s[0], s[1], s[2], s[3]);
    else if (is("lerp_gradient")) lerp_gradient(o, count, x(0), s[0], s[1], s[2], s[3]);
    else if (is("warp")) warp(o, count, x(0), x(1), s[0], s[1], s[2], s[3]);
    else if (is("warp_gradient")) warp_gradient(o, count, x(0), x(1), s[0], s[1], s[2], s[3]);
    else if (is("warp_flow_gradient")) warp_flow_gradient(o, count, x(0), x(1), x(2), s[0], s[1], s[2], s[3]);
    else if (is("consensus")) consensus(o, count, x(0), x(1), s[0], s[1], s[2], s[3]);
    else if (is("instance_norm")) instance_norm(o, count, x(0), x(1), x(2), s[0], s[1]);
    else if (is("unfold")) unfold(o, count, x(0), s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
    else if (is("fold")) fold(o, count, x(0), s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
    else return 1;
    for (float value : out) std::printf("%.9g\n", value);
}
