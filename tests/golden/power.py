def power_forward(x, n):
    power_1 = None
    saved = None
    test = n == 0
    if test:
        result = 1.0
    else:
        power_1, saved = power_forward(x, n - 1)
        result = x * power_1
    return result, (power_1, saved, test, x)


def power_backward(saved_1, z_bar):
    power_1, saved, test, x = saved_1
    if test:
        x_bar = 0.0
    else:
        x_bar_1 = power_backward(saved, z_bar * x)
        x_bar = z_bar * power_1 + x_bar_1
    return x_bar


def power_grad(x, n):
    test = n == 0
    if not test:
        power_1, saved = power_forward(x, n - 1)
    # backward
    if test:
        x_bar = 0.0
    else:
        x_bar_1 = power_backward(saved, x)
        x_bar = power_1 + x_bar_1
    return float(x_bar)
