def ratio_grad(x, y):
    z = x / y
    log = np.log(z)
    t = z * log
    # backward
    t_bar = 1.0
    z_bar = t_bar * log
    log_bar = t_bar * z
    z_bar += log_bar * np.divide(1.0, z)
    x_bar = z_bar / y
    y_bar = z_bar * (-z / y)
    x_gradient = float(x_bar)
    y_gradient = float(y_bar)
    return x_gradient, y_gradient
