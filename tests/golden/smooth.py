def smooth_grad(x, w):
    # backward
    w_bar = 0.0
    x_bar = np.zeros_like(x)
    for i in range(len(x) - 1, 0, -1):
        x_t_1 = x[i - 1]
        d_bar = 2.0 * (x[i] - w * x_t_1)
        w_bar -= d_bar * x_t_1
        x_bar[i - 1] -= d_bar * w
        x_bar[i] += d_bar
    return x_bar, float(w_bar)
