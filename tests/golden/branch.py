def branch_grad(x, y):
    test_2 = x < y
    if not test_2:
        z = x - y
        test_1 = z > 1.0
        if test_1:
            z_saved = z
            z = z * z
        else:
            test = z > 0.5
            if test:
                z_saved_1 = z
                z = np.sin(z)
    # backward
    if test_2:
        x_bar = y
        y_bar = x
    else:
        z_bar = y
        y_bar = z
        if test_1:
            z_bar = y * (2.0 * z_saved)
        elif test:
            z_bar = y * np.cos(z_saved_1)
        x_bar = z_bar
        y_bar -= z_bar
    return float(x_bar), float(y_bar)
