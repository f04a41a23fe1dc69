"""Dense kernels that work in place, as NumPy users write them."""

import numpy as np

_RNG = np.random.default_rng(11)

INPUTS = {
    "grid": _RNG.uniform(0.3, 1.4, (5, 5)),
    "source": _RNG.uniform(-0.5, 0.5, (5, 5)),
    "wide": _RNG.uniform(0.3, 1.4, (6, 5)),
    "square": _RNG.uniform(-0.4, 0.4, (4, 4)) + 3.0 * np.eye(4),
    "spd": 0.3 * np.ones((4, 4)) + np.diag([2.0, 2.5, 3.0, 3.5]),
    "weights": np.triu(_RNG.uniform(0.2, 2.0, (4, 4)), 1) + np.tril(_RNG.uniform(0.2, 2.0, (4, 4)), -1)
    + 5.0 * np.eye(4),
    "bodies": _RNG.uniform(-1.0, 1.0, (3, 2)),
    "velocity": _RNG.uniform(-0.3, 0.3, (3, 2)),
    "masses": _RNG.uniform(0.5, 1.5, 3),
    "signal": _RNG.uniform(-1.0, 1.0, 8),
    "spectrum": _RNG.uniform(-1.0, 1.0, 8),
    "line": _RNG.uniform(0.5, 1.5, 8),
    "costs": _RNG.uniform(0.1, 1.0, (4, 3)),
    "first": _RNG.uniform(-1.0, 1.0, 4),
    "second": _RNG.uniform(-1.0, 1.0, 3),
    "lower": _RNG.uniform(-0.5, 0.5, 5),
    "diagonal": _RNG.uniform(2.0, 3.0, 5),
    "upper": _RNG.uniform(-0.5, 0.5, 5),
    "right": _RNG.uniform(-1.0, 1.0, 5),
    "link": _RNG.uniform(0.1, 1.0, (4, 4)),
    "indptr": np.array([0, 2, 3, 5, 6]),
    "indices": np.array([0, 2, 1, 0, 3, 2]),
    "data": _RNG.uniform(0.5, 1.5, 6),
    "spins": _RNG.uniform(-0.9, 0.9, (4, 4)),
    "draws": _RNG.uniform(0.0, 1.0, 6),
    "observed": np.array([0, 2, 1, 1]),
    "emission": _RNG.uniform(0.1, 1.0, (3, 3)),
    "transition": _RNG.uniform(0.1, 1.0, (3, 3)),
    "image": _RNG.uniform(0.0, 1.0, (5, 4)),
    "kernel": _RNG.uniform(-1.0, 1.0, (3, 3)),
    "steps": 3,
    "dt": 0.05,
}
FIXED = ("indptr", "indices", "observed", "draws", "steps", "dt")


# --- relaxation ------------------------------------------------------------------------------------------------------


def jacobi(grid, source, steps):
    u = grid.copy()
    for _ in range(steps):
        new = u.copy()
        new[1:-1, 1:-1] = 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - source[1:-1, 1:-1])
        u = new
    return np.sum(u**2)


def jacobi_in_place(grid, source, steps):
    for _ in range(steps):
        grid[1:-1, 1:-1] = 0.25 * (grid[2:, 1:-1] + grid[:-2, 1:-1] + grid[1:-1, 2:] + grid[1:-1, :-2] + source[1:-1, 1:-1])
    return np.sum(grid**2)


def jacobi_solve(square, h, steps):
    D = np.diag(square)
    R = square - np.diagflat(D)
    x = np.zeros_like(h)
    for _ in range(steps):
        x = (h - R @ x) / D
    return np.sum(x**2)


def jacobi_rows(square, h, steps):
    x = np.zeros(len(h))
    for _ in range(steps):
        x_new = np.zeros_like(x)
        for i in range(square.shape[0]):
            s1 = np.dot(square[i, :i], x[:i])
            s2 = np.dot(square[i, i + 1 :], x[i + 1 :])
            x_new[i] = (h[i] - s1 - s2) / square[i, i]
        x = x_new
    return np.sum(x**2)


def gauss_seidel(grid, source, steps):
    ny, nx = grid.shape
    for _ in range(steps):
        for i in range(1, ny - 1):
            for j in range(1, nx - 1):
                grid[i, j] = 0.25 * (grid[i + 1, j] + grid[i - 1, j] + grid[i, j + 1] + grid[i, j - 1] - source[i, j])
    return np.sum(grid**2)


def gauss_seidel_solve(square, h, steps):
    x = np.zeros_like(h)
    for _ in range(steps):
        for i in range(len(h)):
            s = square[i, :i] @ x[:i] + square[i, i + 1 :] @ x[i + 1 :]
            x[i] = (h[i] - s) / square[i, i]
    return np.sum(x**2)


def gauss_seidel_until(square, h, steps):
    x = np.zeros_like(h)
    for k in range(steps + 20):
        x_old = x.copy()
        for i in range(len(h)):
            sigma = 0.0
            for j in range(len(h)):
                if j != i:
                    sigma += square[i, j] * x[j]
            x[i] = (h[i] - sigma) / square[i, i]
        if np.linalg.norm(x - x_old) < 1e-3:
            break
    return np.sum(x**2)


def sor(grid, source, a, steps):
    omega = 1.0 + 0.5 * a
    for _ in range(steps):
        for i in range(1, grid.shape[0] - 1):
            for j in range(1, grid.shape[1] - 1):
                residual = grid[i + 1, j] + grid[i - 1, j] + grid[i, j + 1] + grid[i, j - 1] - 4.0 * grid[i, j]
                grid[i, j] += omega * 0.25 * (residual - source[i, j])
    return np.sum(grid**2)


def red_black(grid, source, steps):
    u, f = grid, source
    for _ in range(steps):
        u[1:-1:2, 1:-1:2] = 0.25 * (
            u[2::2, 1:-1:2] + u[:-2:2, 1:-1:2] + u[1:-1:2, 2::2] + u[1:-1:2, :-2:2] - f[1:-1:2, 1:-1:2]
        )
        u[2:-1:2, 2:-1:2] = 0.25 * (
            u[3::2, 2:-1:2] + u[1:-2:2, 2:-1:2] + u[2:-1:2, 3::2] + u[2:-1:2, 1:-2:2] - f[2:-1:2, 2:-1:2]
        )
        u[1:-1:2, 2:-1:2] = 0.25 * (
            u[2::2, 2:-1:2] + u[:-2:2, 2:-1:2] + u[1:-1:2, 3::2] + u[1:-1:2, 1:-2:2] - f[1:-1:2, 2:-1:2]
        )
        u[2:-1:2, 1:-1:2] = 0.25 * (
            u[3::2, 1:-1:2] + u[1:-2:2, 1:-1:2] + u[2:-1:2, 2::2] + u[2:-1:2, :-2:2] - f[2:-1:2, 1:-1:2]
        )
    return np.sum(u**2)


def red_black_loops(grid, source, steps):
    n = grid.shape[0]
    for _ in range(steps):
        for color in (0, 1):
            for i in range(1, n - 1):
                for j in range(1 + (i + color) % 2, n - 1, 2):
                    grid[i, j] = 0.25 * (grid[i + 1, j] + grid[i - 1, j] + grid[i, j + 1] + grid[i, j - 1] - source[i, j])
    return np.sum(grid**2)


def _smooth(u, f):
    u[1:-1] = u[1:-1] + 0.4 * (u[2:] + u[:-2] - 2.0 * u[1:-1] + f[1:-1])


def _v_cycle(u, f):
    _smooth(u, f)
    if len(u) <= 3:
        return
    r = np.zeros_like(u)
    r[1:-1] = f[1:-1] + u[2:] + u[:-2] - 2.0 * u[1:-1]
    rc = np.zeros(len(u) // 2 + 1)
    rc[1:-1] = 0.25 * (r[1:-2:2] + 2.0 * r[2:-1:2] + r[3::2]) * 4.0
    e = np.zeros_like(rc)
    _v_cycle(e, rc)
    u[::2] += e
    u[1::2] += 0.5 * (e[:-1] + e[1:])
    _smooth(u, f)


def multigrid(x, a, steps):
    f = np.zeros(9)
    f[2:7] = x
    u = np.zeros(9)
    u[0] = a
    for _ in range(steps):
        _v_cycle(u, f)
    return np.sum(u**2)


# --- diffusion, waves, flow ------------------------------------------------------------------------------------------


def heat_swap(x, a, steps):
    u = x.copy()
    v = np.zeros_like(u)
    for _ in range(steps):
        v[0] = u[0]
        v[-1] = u[-1]
        v[1:-1] = u[1:-1] + 0.2 * a * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u, v = v, u
    return np.sum(u**2)


def heat_swap_loops(x, a, steps):
    u = x.copy()
    v = x.copy()
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = u[i] + 0.2 * a * (u[i + 1] - 2.0 * u[i] + u[i - 1])
        u, v = v, u
    return np.sum(u**2)


def heat_2d(grid, a, steps):
    u = grid.copy()
    for n in range(steps):
        un = u.copy()
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            + 0.1 * a * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
            + 0.1 * a * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])
        )
        u[0, :] = 1
        u[-1, :] = 1
        u[:, 0] = 1
        u[:, -1] = 1
    return np.sum(u**2)


def heat_2d_swap(grid, a, steps):
    u0, u = grid, grid.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = u0[1:-1, 1:-1] + 0.1 * a * (
            (u0[2:, 1:-1] - 2 * u0[1:-1, 1:-1] + u0[:-2, 1:-1]) + (u0[1:-1, 2:] - 2 * u0[1:-1, 1:-1] + u0[1:-1, :-2])
        )
        u0, u = u, u0
    return np.sum(u0**2)


def _thomas(a, b, c, d):
    n = len(d)
    ac, bc, cc, dc = a.copy(), b.copy(), c.copy(), d.copy()
    for i in range(1, n):
        mc = ac[i] / bc[i - 1]
        bc[i] = bc[i] - mc * cc[i - 1]
        dc[i] = dc[i] - mc * dc[i - 1]
    xc = bc
    xc[-1] = dc[-1] / bc[-1]
    for i in range(n - 2, -1, -1):
        xc[i] = (dc[i] - cc[i] * xc[i + 1]) / bc[i]
    return xc


def thomas(lower, diagonal, upper, right):
    x = _thomas(lower, diagonal, upper, right)
    return np.sum(x**2)


def thomas_in_place(lower, diagonal, upper, right):
    n = right.shape[0]
    for i in range(1, n):
        w = lower[i] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        right[i] -= w * right[i - 1]
    right[n - 1] /= diagonal[n - 1]
    for i in reversed(range(n - 1)):
        right[i] = (right[i] - upper[i] * right[i + 1]) / diagonal[i]
    return np.sum(right**2)


def thomas_fresh(lower, diagonal, upper, right):
    n = len(right)
    cp = np.zeros(n)
    dp = np.zeros(n)
    cp[0] = upper[0] / diagonal[0]
    dp[0] = right[0] / diagonal[0]
    for i in range(1, n):
        m = diagonal[i] - lower[i] * cp[i - 1]
        cp[i] = upper[i] / m
        dp[i] = (right[i] - lower[i] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def adi(grid, a, steps):
    n = grid.shape[0]
    u = grid.copy()
    r = 0.2 * a
    low = np.full(n - 2, -r)
    mid = np.full(n - 2, 1 + 2 * r)
    for _ in range(steps):
        half = u.copy()
        for j in range(1, n - 1):
            rhs = u[1:-1, j] + r * (u[1:-1, j + 1] - 2 * u[1:-1, j] + u[1:-1, j - 1])
            rhs[0] += r * u[0, j]
            rhs[-1] += r * u[-1, j]
            half[1:-1, j] = _thomas(low, mid, low, rhs)
        for i in range(1, n - 1):
            rhs = half[i, 1:-1] + r * (half[i + 1, 1:-1] - 2 * half[i, 1:-1] + half[i - 1, 1:-1])
            rhs[0] += r * half[i, 0]
            rhs[-1] += r * half[i, -1]
            u[i, 1:-1] = _thomas(low, mid, low, rhs)
    return np.sum(u**2)


def fdtd_1d(line, a, steps):
    ez = line.copy()
    hy = np.zeros(len(ez) - 1)
    for n in range(steps):
        hy += 0.5 * (ez[1:] - ez[:-1])
        ez[1:-1] += 0.5 * a * (hy[1:] - hy[:-1])
        ez[3] += np.exp(-((n - 1.0) ** 2) / 4.0)
    return np.sum(ez**2) + np.sum(hy**2)


def fdtd_2d(grid, a, steps):
    Ez = grid.copy()
    Hx = np.zeros((5, 4))
    Hy = np.zeros((4, 5))
    for n in range(steps):
        Hx[:, :] -= 0.5 * (Ez[:, 1:] - Ez[:, :-1])
        Hy[:, :] += 0.5 * (Ez[1:, :] - Ez[:-1, :])
        Ez[1:-1, 1:-1] += 0.5 * a * (Hy[1:, 1:-1] - Hy[:-1, 1:-1] - Hx[1:-1, 1:] + Hx[1:-1, :-1])
        Ez[2, 2] += np.sin(0.3 * n)
    return np.sum(Ez**2)


def fdtd_loops(line, a, steps):
    size = len(line)
    ez = line
    hy = np.zeros(size)
    for q in range(steps):
        for m in range(size - 1):
            hy[m] = hy[m] + (ez[m + 1] - ez[m]) * 0.5
        for m in range(1, size):
            ez[m] = ez[m] + (hy[m] - hy[m - 1]) * 0.5 * a
        ez[0] = np.exp(-((q - 1.0) ** 2))
    return np.sum(ez**2)


def wave_three_levels(line, a, steps):
    u_nm1 = line.copy()
    u_n = line.copy()
    u = np.zeros_like(line)
    for n in range(steps):
        u[1:-1] = -u_nm1[1:-1] + 2 * u_n[1:-1] + 0.3 * a * (u_n[:-2] - 2 * u_n[1:-1] + u_n[2:])
        u[0] = 0
        u[-1] = 0
        u_nm1, u_n, u = u_n, u, u_nm1
    return np.sum(u_n**2)


def wave_three_levels_copied(line, a, steps):
    u_nm1 = line.copy()
    u_n = line.copy()
    u = np.zeros_like(line)
    for n in range(steps):
        u[1:-1] = -u_nm1[1:-1] + 2 * u_n[1:-1] + 0.3 * a * (u_n[:-2] - 2 * u_n[1:-1] + u_n[2:])
        u_nm1[:] = u_n
        u_n[:] = u
    return np.sum(u_n**2)


def stencil_where(grid, source, steps):
    u = grid
    for _ in range(steps):
        lap = np.zeros_like(u)
        lap[1:-1, 1:-1] = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        u = np.where(source > 0.0, u + 0.1 * lap, u + 0.05 * lap * u)
    return np.sum(u**2)


def upwind_where(line, q, steps):
    u = line.copy()
    for _ in range(steps):
        un = u.copy()
        flux = np.where(un[1:-1] > 0.9, un[1:-1] * (un[1:-1] - un[:-2]), un[1:-1] * (un[2:] - un[1:-1]))
        u[1:-1] = un[1:-1] - 0.1 * flux * q[0]
    return np.sum(u**2)


def burgers_1d(line, a, steps):
    u = line.copy()
    un = np.empty_like(u)
    nx = len(u)
    for n in range(steps):
        un = u.copy()
        for i in range(1, nx - 1):
            u[i] = un[i] - un[i] * 0.1 * (un[i] - un[i - 1]) + 0.05 * a * (un[i + 1] - 2 * un[i] + un[i - 1])
        u[0] = un[0] - un[0] * 0.1 * (un[0] - un[-2]) + 0.05 * a * (un[1] - 2 * un[0] + un[-2])
        u[-1] = u[0]
    return np.sum(u**2)


def burgers_2d(grid, source, a, steps):
    u, v = grid, source
    for n in range(steps):
        un = u.copy()
        vn = v.copy()
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - 0.1 * un[1:-1, 1:-1] * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
            - 0.1 * vn[1:-1, 1:-1] * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
            + 0.05 * a * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - 0.1 * un[1:-1, 1:-1] * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
            - 0.1 * vn[1:-1, 1:-1] * (vn[1:-1, 1:-1] - vn[0:-2, 1:-1])
        )
        u[0, :] = u[-1, :] = 1
        v[:, 0] = v[:, -1] = 1
    return np.sum(u**2) + np.sum(v * u)


def _build_up_b(b, rho, dt, u, v, dx, dy):
    b[1:-1, 1:-1] = rho * (
        1 / dt * ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx) + (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))
        - ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx)) ** 2
        - 2 * ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx))
        - ((v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)) ** 2
    )
    return b


def _pressure_poisson(p, dx, dy, b, nit):
    pn = np.empty_like(p)
    pn = p.copy()
    for q in range(nit):
        pn = p.copy()
        p[1:-1, 1:-1] = ((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2) / (
            2 * (dx**2 + dy**2)
        ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0
    return p


def _cavity_flow(nt, u, v, dt, dx, dy, p, rho, nu, nit):
    un = np.empty_like(u)
    vn = np.empty_like(v)
    b = np.zeros((5, 5))
    for n in range(nt):
        un = u.copy()
        vn = v.copy()
        b = _build_up_b(b, rho, dt, u, v, dx, dy)
        p = _pressure_poisson(p, dx, dy, b, nit)
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
            + nu
            * (
                dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
                + dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])
            )
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[0:-2, 1:-1])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
            + nu
            * (
                dt / dx**2 * (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, 0:-2])
                + dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[0:-2, 1:-1])
            )
        )
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = 1
        v[0, :] = 0
        v[-1, :] = 0
        v[:, 0] = 0
        v[:, -1] = 0
    return u, v, p


def cavity(grid, a, c):
    u = grid
    v = np.zeros((5, 5))
    p = np.zeros((5, 5))
    u, v, p = _cavity_flow(2, u, v, 0.01, 0.5, 0.5, p, a, 0.1 * c, 2)
    return np.sum(u**2) + np.sum(v**2) + np.sum(p**2)


def shallow_water(line, a, steps):
    h = line
    hu = np.zeros_like(h)
    for _ in range(steps):
        f1 = hu
        f2 = hu**2 / h + 0.5 * a * h**2
        h_new = h.copy()
        hu_new = hu.copy()
        h_new[1:-1] = 0.5 * (h[2:] + h[:-2]) - 0.1 * (f1[2:] - f1[:-2])
        hu_new[1:-1] = 0.5 * (hu[2:] + hu[:-2]) - 0.1 * (f2[2:] - f2[:-2])
        h_new[0], h_new[-1] = h_new[1], h_new[-2]
        hu_new[0], hu_new[-1] = -hu_new[1], -hu_new[-2]
        h, hu = h_new, hu_new
    return np.sum(h**2) + np.sum(hu**2)


def shallow_water_state(line, a, steps):
    U = np.zeros((2, len(line)))
    U[0] = line
    for _ in range(steps):
        F = np.empty_like(U)
        F[0] = U[1]
        F[1] = U[1] ** 2 / U[0] + 0.5 * a * U[0] ** 2
        U[:, 1:-1] = 0.5 * (U[:, 2:] + U[:, :-2]) - 0.1 * (F[:, 2:] - F[:, :-2])
        U[:, 0] = U[:, 1]
        U[:, -1] = U[:, -2]
    return np.sum(U**2)


# --- factorizations --------------------------------------------------------------------------------------------------


def lu_in_place(square):
    n = square.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            square[i, k] /= square[k, k]
            for j in range(k + 1, n):
                square[i, j] -= square[i, k] * square[k, j]
    return np.sum(square**2)


def lu_outer(square):
    A = square.copy()
    n = len(A)
    for k in range(n - 1):
        A[k + 1 :, k] = A[k + 1 :, k] / A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return A


def lu_two_factors(square):
    n = square.shape[0]
    U = square.copy()
    L = np.eye(n, dtype=np.double)
    for i in range(n):
        factor = U[i + 1 :, i] / U[i, i]
        L[i + 1 :, i] = factor
        U[i + 1 :] -= factor[:, np.newaxis] * U[i]
    return np.sum(L**2) + np.sum(U**2)


def lu_pivoted(link):
    A = link.copy()
    n = A.shape[0]
    p = np.arange(n)
    for k in range(n - 1):
        m = k + np.argmax(np.abs(A[k:, k]))
        if m != k:
            A[[k, m]] = A[[m, k]]
            p[[k, m]] = p[[m, k]]
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return np.sum(A**2)


def lu_pivoted_rows_copied(link, h):  # corpus: beyond
    A = link.copy()
    b = h.copy()
    n = A.shape[0]
    for k in range(n):
        pivot = max(range(k, n), key=lambda r: abs(A[r, k]))
        if pivot != k:
            tmp = A[k].copy()
            A[k] = A[pivot]
            A[pivot] = tmp
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            f = A[i, k] / A[k, k]
            A[i, k:] -= f * A[k, k:]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return np.sum(x**2)


def lu_pivoted_by_elements(link, h):
    n = len(h)
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(link[i, k]) > abs(link[p, k]):
                p = i
        if p != k:
            for j in range(n):
                link[k, j], link[p, j] = link[p, j], link[k, j]
            h[k], h[p] = h[p], h[k]
        for i in range(k + 1, n):
            m = link[i, k] / link[k, k]
            for j in range(k, n):
                link[i, j] = link[i, j] - m * link[k, j]
            h[i] = h[i] - m * h[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            h[i] -= link[i, j] * h[j]
        h[i] /= link[i, i]
    return np.sum(h**2)


def cholesky_by_rows(spd):
    n = spd.shape[0]
    L = np.zeros_like(spd)
    for i in range(n):
        for j in range(i + 1):
            s = 0.0
            for k in range(j):
                s += L[i, k] * L[j, k]
            if i == j:
                L[i, j] = np.sqrt(spd[i, i] - s)
            else:
                L[i, j] = (spd[i, j] - s) / L[j, j]
    return np.sum(L**3)


def cholesky_in_place(spd):
    n = len(spd)
    for k in range(n):
        spd[k, k] = np.sqrt(spd[k, k])
        spd[k + 1 :, k] /= spd[k, k]
        for j in range(k + 1, n):
            spd[j:, j] -= spd[j:, k] * spd[j, k]
    return np.sum(np.tril(spd) ** 3)


def cholesky_by_columns(spd):
    A = spd.copy()
    n = len(A)
    for j in range(n):
        A[j:, j] -= A[j:, :j] @ A[j, :j]
        A[j:, j] /= np.sqrt(A[j, j])
        A[j, j + 1 :] = 0.0
    return np.sum(A**3)


def gram_schmidt(square):
    m, n = square.shape
    Q = np.zeros((m, n))
    for j in range(n):
        v = square[:, j].copy()
        for i in range(j):
            v -= (Q[:, i] @ square[:, j]) * Q[:, i]
        Q[:, j] = v / np.linalg.norm(v)
    return np.sum(Q**3)


def modified_gram_schmidt(square):
    n = square.shape[1]
    R = np.zeros((n, n))
    for i in range(n):
        R[i, i] = np.linalg.norm(square[:, i])
        square[:, i] /= R[i, i]
        for j in range(i + 1, n):
            R[i, j] = np.dot(square[:, i], square[:, j])
            square[:, j] -= R[i, j] * square[:, i]
    return np.sum(square**3) + np.sum(R**2)


def modified_gram_schmidt_views(square):
    Q = square.copy()
    n = Q.shape[1]
    for i in range(n):
        q = Q[:, i]
        q /= np.sqrt(q @ q)
        for j in range(i + 1, n):
            w = Q[:, j]
            w -= (q @ w) * q
    return np.sum(Q**3)


def householder_qr(square):
    R = square.copy()
    m, n = R.shape
    Q = np.eye(m)
    for k in range(n - 1):
        x = R[k:, k]
        e = np.zeros_like(x)
        e[0] = np.sign(x[0]) * np.linalg.norm(x)
        v = x + e
        v = v / np.linalg.norm(v)
        R[k:, k:] -= 2.0 * np.outer(v, v @ R[k:, k:])
        Q[:, k:] -= 2.0 * np.outer(Q[:, k:] @ v, v)
    return np.sum(R**2 * Q) + np.sum(Q**3)


def householder_vectors(square, h):
    A, b = square, h
    m, n = A.shape
    for k in range(n):
        v = A[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        for j in range(k, n):
            A[k:, j] -= 2.0 * v * (v @ A[k:, j])
        b[k:] -= 2.0 * v * (v @ b[k:])
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - A[i, i + 1 :] @ b[i + 1 :]) / A[i, i]
    return np.sum(b**2)


def givens_qr(square):
    R = square.copy()
    n = len(R)
    for j in range(n):
        for i in range(n - 1, j, -1):
            a, b = R[i - 1, j], R[i, j]
            r = np.hypot(a, b)
            c, s = a / r, b / r
            upper = c * R[i - 1] + s * R[i]
            lower = -s * R[i - 1] + c * R[i]
            R[i - 1] = upper
            R[i] = lower
    return np.sum(R**3)


def forward_substitution(square, h):
    x = np.zeros_like(h)
    for i in range(len(h)):
        x[i] = h[i]
        for j in range(i):
            x[i] -= square[i, j] * x[j]
        x[i] /= square[i, i]
    return np.sum(x**2)


def back_substitution(square, h):
    for i in range(len(h))[::-1]:
        h[i] = (h[i] - np.dot(square[i, i + 1 :], h[i + 1 :])) / square[i, i]
    return np.sum(h**2)


def forward_substitution_by_columns(square, h):
    b = h.copy()
    for j in range(len(b)):
        b[j] /= square[j, j]
        b[j + 1 :] -= b[j] * square[j + 1 :, j]
    return b


def gauss_jordan(square):
    n = len(square)
    M = np.hstack([square, np.eye(n)])
    for i in range(n):
        M[i] /= M[i, i]
        for j in range(n):
            if i != j:
                M[j] -= M[j, i] * M[i]
    return np.sum(M[:, n:] ** 2)


def matmul_blocked(A, B):
    n, s = A.shape[0], 2
    C = np.zeros((n, n))
    for i in range(0, n, s):
        for j in range(0, n, s):
            for k in range(0, n, s):
                C[i : i + s, j : j + s] += A[i : i + s, k : k + s] @ B[k : k + s, j : j + s]
    return np.sum(C**2)


def matmul_loops(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i][k] * B[k][j]
    return np.sum(C**2)


def _strassen(A, B, C):
    n = len(A)
    if n == 1:
        C[...] = A * B
        return
    m = n // 2
    a11, a12, a21, a22 = A[:m, :m], A[:m, m:], A[m:, :m], A[m:, m:]
    b11, b12, b21, b22 = B[:m, :m], B[:m, m:], B[m:, :m], B[m:, m:]
    M = [np.empty((m, m)) for _ in range(7)]
    _strassen(a11 + a22, b11 + b22, M[0])
    _strassen(a21 + a22, b11, M[1])
    _strassen(a11, b12 - b22, M[2])
    _strassen(a22, b21 - b11, M[3])
    _strassen(a11 + a12, b22, M[4])
    _strassen(a21 - a11, b11 + b12, M[5])
    _strassen(a12 - a22, b21 + b22, M[6])
    C[:m, :m] = M[0] + M[3] - M[4] + M[6]
    C[:m, m:] = M[2] + M[4]
    C[m:, :m] = M[1] + M[3]
    C[m:, m:] = M[0] - M[1] + M[2] + M[5]


def strassen(A, B):
    C = np.zeros_like(A)
    _strassen(A, B, C)
    return np.sum(C**2)


def _multiply_quadrants(A, B, C):
    n = A.shape[0]
    if n <= 1:
        C += A * B
        return
    m = n // 2
    for i in (0, m):
        for j in (0, m):
            for k in (0, m):
                _multiply_quadrants(A[i : i + m, k : k + m], B[k : k + m, j : j + m], C[i : i + m, j : j + m])


def matmul_recursive(A, B):
    C = np.zeros_like(A)
    _multiply_quadrants(A, B, C)
    return np.sum(C**2)


def csr_matvec(data, h, indptr, indices):
    y = np.zeros(len(indptr) - 1)
    for i in range(len(indptr) - 1):
        for jj in range(indptr[i], indptr[i + 1]):
            y[i] += data[jj] * h[indices[jj]]
    return y


def csr_matvec_rows(data, h, indptr, indices):
    y = np.empty(len(indptr) - 1)
    for i in range(len(y)):
        lo, hi = indptr[i], indptr[i + 1]
        y[i] = np.dot(data[lo:hi], h[indices[lo:hi]])
    return np.sum(y**2)


def csr_transposed(data, h, indptr, indices):
    y = np.zeros(4)
    for i in range(len(indptr) - 1):
        for k in range(indptr[i], indptr[i + 1]):
            y[indices[k]] += data[k] * h[i]
    return np.sum(y**2)


# --- iterations ------------------------------------------------------------------------------------------------------


def conjugate_gradient(spd, h, steps):
    x = np.zeros_like(h)
    r = h - spd @ x
    p = r.copy()
    rs_old = r @ r
    for _ in range(steps):
        Ap = spd @ p
        alpha = rs_old / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        if np.sqrt(rs_new) < 1e-10:
            break
        p = r + (rs_new / rs_old) * p
        rs_old = rs_new
    return np.sum(x**2)


def conjugate_gradient_in_place(spd, h, steps):
    x = np.zeros(4)
    r = h.copy()
    p = r.copy()
    rho = np.dot(r, r)
    for _ in range(steps):
        q = spd.dot(p)
        alpha = rho / np.dot(p, q)
        x += alpha * p
        r -= alpha * q
        rho_old, rho = rho, np.dot(r, r)
        p *= rho / rho_old
        p += r
    return x


def power_iteration(spd, h, steps):
    v = h
    for _ in range(steps):
        v = spd @ v
        v /= np.linalg.norm(v)
    return v @ spd @ v


def lanczos(spd, h):
    m = 3
    V = np.zeros((m + 1, 4))
    alpha = np.zeros(m)
    beta = np.zeros(m + 1)
    V[0] = h / np.linalg.norm(h)
    for j in range(m):
        w = spd @ V[j]
        if j > 0:
            w -= beta[j] * V[j - 1]
        alpha[j] = w @ V[j]
        w -= alpha[j] * V[j]
        beta[j + 1] = np.linalg.norm(w)
        V[j + 1] = w / beta[j + 1]
    return np.sum(alpha**2) + np.sum(beta**2)


def arnoldi(square, h):
    m = 2
    Q = np.zeros((4, m + 1))
    H = np.zeros((m + 1, m))
    Q[:, 0] = h / np.linalg.norm(h)
    for k in range(m):
        y = square @ Q[:, k]
        for j in range(k + 1):
            H[j, k] = Q[:, j] @ y
            y -= H[j, k] * Q[:, j]
        H[k + 1, k] = np.linalg.norm(y)
        Q[:, k + 1] = y / H[k + 1, k]
    return np.sum(H**2)


def pagerank(link, a, steps):
    n = link.shape[0]
    M = link / link.sum(axis=0)
    d = 0.5 * a
    r = np.ones(n) / n
    for _ in range(steps):
        r_new = np.zeros(n)
        for i in range(n):
            for j in range(n):
                r_new[i] += d * M[i, j] * r[j]
            r_new[i] += (1 - d) / n
        r[:] = r_new
    return np.sum(r**2)


def pagerank_scaled(link, a, steps):
    link /= link.sum(axis=0, keepdims=True)
    r = np.full(4, 0.25)
    for _ in range(steps):
        np.dot(link, r * a, out=r)
        r /= r.sum()
    return r


# --- ordinary equations, bodies --------------------------------------------------------------------------------------


def _pendulum(t, y, a):
    return np.array([y[1], -a * np.sin(y[0])])


def rk4(first, a, steps, dt):
    y = first[:2].copy()
    t = 0.0
    for _ in range(steps):
        k1 = _pendulum(t, y, a)
        k2 = _pendulum(t + dt / 2, y + dt / 2 * k1, a)
        k3 = _pendulum(t + dt / 2, y + dt / 2 * k2, a)
        k4 = _pendulum(t + dt, y + dt * k3, a)
        y += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t += dt
    return np.sum(y**2)


def _oscillator(y, dy, a):
    dy[0] = y[1]
    dy[1] = -a * y[0] - 0.1 * y[1] ** 3


def rk4_buffers(first, a, steps, dt):
    y = first[:2].copy()
    k = np.zeros((4, 2))
    out = np.zeros((steps + 1, 2))
    out[0] = y
    for n in range(steps):
        _oscillator(y, k[0], a)
        _oscillator(y + 0.5 * dt * k[0], k[1], a)
        _oscillator(y + 0.5 * dt * k[1], k[2], a)
        _oscillator(y + dt * k[2], k[3], a)
        y += dt / 6 * (k[0] + 2 * k[1] + 2 * k[2] + k[3])
        out[n + 1] = y
    return np.sum(out**2)


def leapfrog(first, a, steps, dt):
    x, v = first[:2].copy(), first[2:].copy()
    acc = -a * x
    for _ in range(steps):
        v += 0.5 * dt * acc
        x += dt * v
        acc[:] = -a * x
        v += 0.5 * dt * acc
    return np.sum(x**2) + np.sum(v**2)


def leapfrog_scalar(a, b, steps, dt):
    x, v = a, b
    xs = np.zeros(steps + 1)
    xs[0] = x
    for i in range(steps):
        v -= 0.5 * dt * x**3
        x += dt * v
        v -= 0.5 * dt * x**3
        xs[i + 1] = x
    return np.sum(xs**2)


def _acceleration(pos, mass, G, softening):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    dx = x.T - x
    dy = y.T - y
    inv_r3 = dx**2 + dy**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    return np.stack((ax, ay), axis=1)


def nbody(bodies, velocity, masses, steps, dt):
    pos, vel = bodies, velocity
    acc = _acceleration(pos, masses, 1.0, 0.3)
    for i in range(steps):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = _acceleration(pos, masses, 1.0, 0.3)
        vel += acc * dt / 2.0
    return np.sum(pos**2) + np.sum(vel**2)


def nbody_loops(bodies, velocity, masses, steps, dt):
    n = len(masses)
    for _ in range(steps):
        acc = np.zeros_like(bodies)
        for i in range(n):
            for j in range(n):
                if i != j:
                    r = bodies[j] - bodies[i]
                    d2 = r[0] ** 2 + r[1] ** 2 + 0.09
                    acc[i] += masses[j] * r / (d2 * np.sqrt(d2))
        velocity += dt * acc
        bodies += dt * velocity
    return np.sum(bodies**2)


def _forces(pos, masses, acc):
    acc.fill(0.0)
    for i in range(len(pos)):
        for j in range(i + 1, len(pos)):
            d = pos[j] - pos[i]
            w = 1.0 / (d @ d + 0.1) ** 1.5
            acc[i] += masses[j] * w * d
            acc[j] -= masses[i] * w * d


def nbody_pairs(bodies, velocity, masses, steps, dt):
    acc = np.zeros_like(bodies)
    new = np.zeros_like(bodies)
    _forces(bodies, masses, acc)
    for _ in range(steps):
        bodies += velocity * dt + 0.5 * acc * dt**2
        _forces(bodies, masses, new)
        velocity += 0.5 * (acc + new) * dt
        acc, new = new, acc
    return np.sum(bodies**2) + np.sum(velocity**2)


# --- dynamic programs ------------------------------------------------------------------------------------------------


def floyd_warshall(weights):
    D = weights.copy()
    n = len(D)
    for k in range(n):
        np.minimum(D, D[:, k, None] + D[None, k, :], out=D)
    return np.sum(D**2)


def floyd_warshall_loops(weights):
    dist = weights.copy()
    n = len(dist)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if dist[i, k] + dist[k, j] < dist[i, j]:
                    dist[i, j] = dist[i, k] + dist[k, j]
    return np.sum(dist**2)


def floyd_warshall_min(weights):
    n = weights.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                weights[i, j] = min(weights[i, j], weights[i, k] + weights[k, j])
    return np.sum(weights**2)


def dtw(first, second):
    n, m = len(first), len(second)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (first[i - 1] - second[j - 1]) ** 2
            D[i, j] = cost + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m]


def soft_dtw(costs, a):
    n, m = costs.shape
    R = np.zeros((n + 1, m + 1)) + 1e3
    R[0, 0] = 0.0
    for j in range(1, m + 1):
        for i in range(1, n + 1):
            r0 = -R[i - 1, j - 1] / a
            r1 = -R[i - 1, j] / a
            r2 = -R[i, j - 1] / a
            rmax = max(max(r0, r1), r2)
            rsum = np.exp(r0 - rmax) + np.exp(r1 - rmax) + np.exp(r2 - rmax)
            R[i, j] = costs[i - 1, j - 1] - a * (np.log(rsum) + rmax)
    return R[-1, -1]


def edit_distance(costs, a):
    n, m = costs.shape
    D = np.zeros((n + 1, m + 1))
    for i in range(n + 1):
        D[i][0] = i * a
    for j in range(m + 1):
        D[0][j] = j * a
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            D[i][j] = np.min([D[i - 1][j] + a, D[i][j - 1] + a, D[i - 1][j - 1] + costs[i - 1][j - 1]])
    return D[n][m]


def edit_distance_rows(costs, a):
    n, m = costs.shape
    prev = [j * a for j in range(m + 1)]
    for i in range(1, n + 1):
        cur = [i * a] + [0.0] * m
        for j in range(1, m + 1):
            cur[j] = min(prev[j] + a, cur[j - 1] + a, prev[j - 1] + costs[i - 1, j - 1])
        prev = cur
    return prev[m]


def smith_waterman(costs, a):
    rows, cols = costs.shape
    H = np.zeros((rows + 1, cols + 1))
    best = 0.0
    for i in range(1, rows + 1):
        for j in range(1, cols + 1):
            match = H[i - 1, j - 1] + costs[i - 1, j - 1] - 0.3
            delete = H[i - 1, j] - 0.4 * a
            insert = H[i, j - 1] - 0.4 * a
            H[i, j] = max(0, match, delete, insert)
            if H[i, j] > best:
                best = H[i, j]
    return best


def viterbi(emission, transition, observed):
    T, n = len(observed), transition.shape[0]
    logA, logB = np.log(transition), np.log(emission)
    delta = np.zeros((T, n))
    psi = np.zeros((T, n), dtype=int)
    delta[0] = logB[:, observed[0]]
    for t in range(1, T):
        for j in range(n):
            scores = delta[t - 1] + logA[:, j]
            psi[t, j] = np.argmax(scores)
            delta[t, j] = np.max(scores) + logB[j, observed[t]]
    path = np.zeros(T, dtype=int)
    path[-1] = np.argmax(delta[-1])
    for t in range(T - 2, -1, -1):
        path[t] = psi[t + 1, path[t + 1]]
    return delta[-1, path[-1]] + logA[path[0], path[1]]


def hmm_forward(emission, transition, observed):
    T, n = observed.shape[0], transition.shape[0]
    alpha = np.zeros((T, n))
    scale = np.zeros(T)
    alpha[0, :] = emission[:, observed[0]] / n
    scale[0] = alpha[0].sum()
    alpha[0] /= scale[0]
    for t in range(1, T):
        for j in range(n):
            alpha[t, j] = alpha[t - 1].dot(transition[:, j]) * emission[j, observed[t]]
        scale[t] = np.sum(alpha[t])
        alpha[t] /= scale[t]
    return np.sum(np.log(scale))


def kalman(line, a, c):
    x = np.array([0.0, 1.0])
    P = np.eye(2)
    F = np.array([[1.0, 0.1], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    Q = 0.1 * a * np.eye(2)
    R = np.array([[c]])
    loglik = 0.0
    for z in line:
        x = F @ x
        P = F @ P @ F.T + Q
        y = z - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ np.linalg.inv(S)
        x = x + K @ y
        P = (np.eye(2) - K @ H) @ P
        loglik += -0.5 * (np.log(S[0, 0]) + y[0] ** 2 / S[0, 0])
    return loglik


def kalman_stored(line, a, c):
    n = len(line)
    xhat = np.zeros(n)
    P = np.zeros(n)
    xhatminus = np.zeros(n)
    Pminus = np.zeros(n)
    K = np.zeros(n)
    xhat[0] = 0.0
    P[0] = 1.0
    for k in range(1, n):
        xhatminus[k] = xhat[k - 1]
        Pminus[k] = P[k - 1] + a
        K[k] = Pminus[k] / (Pminus[k] + c)
        xhat[k] = xhatminus[k] + K[k] * (line[k] - xhatminus[k])
        P[k] = (1 - K[k]) * Pminus[k]
    return np.sum(xhat**2)


# --- transforms ------------------------------------------------------------------------------------------------------


def fft_radix2(signal, spectrum):
    re, im = signal, spectrum
    n = len(re)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j ^= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    length = 2
    while length <= n:
        ang = -2 * np.pi / length
        for i in range(0, n, length):
            for k in range(length // 2):
                wr, wi = np.cos(ang * k), np.sin(ang * k)
                a, b = i + k, i + k + length // 2
                tr = re[b] * wr - im[b] * wi
                ti = re[b] * wi + im[b] * wr
                re[b] = re[a] - tr
                im[b] = im[a] - ti
                re[a] += tr
                im[a] += ti
        length <<= 1
    return np.sum(re**3) + np.sum(im**3)


def fft_stockham(signal, spectrum):
    n = len(signal)
    xr, xi = signal.copy(), spectrum.copy()
    yr, yi = np.zeros(n), np.zeros(n)
    m, s = n, 1
    while m > 1:
        h = m // 2
        for p in range(h):
            wr, wi = np.cos(2 * np.pi * p / m), -np.sin(2 * np.pi * p / m)
            for q in range(s):
                ar, ai = xr[q + s * p], xi[q + s * p]
                br, bi = xr[q + s * (p + h)], xi[q + s * (p + h)]
                yr[q + s * 2 * p] = ar + br
                yi[q + s * 2 * p] = ai + bi
                yr[q + s * (2 * p + 1)] = (ar - br) * wr - (ai - bi) * wi
                yi[q + s * (2 * p + 1)] = (ar - br) * wi + (ai - bi) * wr
        xr, yr = yr, xr
        xi, yi = yi, xi
        m, s = h, 2 * s
    return np.sum(xr**3) + np.sum(xi**3)


def fft_complex(signal):
    a = signal.astype(complex)
    n = len(a)
    bits = 3
    for i in range(n):
        j = int(format(i, "03b")[::-1], 2)
        if j > i:
            a[i], a[j] = a[j], a[i]
    size = 2
    while size <= n:
        half = size // 2
        w = np.exp(-2j * np.pi * np.arange(half) / size)
        for start in range(0, n, size):
            even = a[start : start + half].copy()
            odd = a[start + half : start + size] * w
            a[start : start + half] = even + odd
            a[start + half : start + size] = even - odd
        size *= 2
    return np.sum(np.abs(a) ** 2 * np.arange(n)) + bits


def fft_recursive_in_place(signal):
    a = signal + 0j
    _fft(a)
    return np.sum(np.abs(a) ** 2 * np.arange(len(a)))


def _fft(a):
    n = len(a)
    if n == 1:
        return
    even, odd = a[::2].copy(), a[1::2].copy()
    _fft(even)
    _fft(odd)
    w = np.exp(-2j * np.pi * np.arange(n // 2) / n)
    a[: n // 2] = even + w * odd
    a[n // 2 :] = even - w * odd


def haar(signal):
    x = signal.copy()
    n = len(x)
    while n > 1:
        half = n // 2
        tmp = x[:n].copy()
        x[:half] = (tmp[0::2] + tmp[1::2]) / np.sqrt(2)
        x[half:n] = (tmp[0::2] - tmp[1::2]) / np.sqrt(2)
        n = half
    return np.sum(x**3)


def walsh_hadamard(signal):
    a = signal
    h = 1
    while h < len(a):
        for i in range(0, len(a), h * 2):
            for j in range(i, i + h):
                x, y = a[j], a[j + h]
                a[j], a[j + h] = x + y, x - y
        h *= 2
    return np.sum(a**3)


# --- scans, histograms, images, automata -----------------------------------------------------------------------------


def prefix_sums(signal):
    x = signal.copy()
    d = 1
    while d < len(x):
        x[d:] = x[d:] + x[:-d]
        d *= 2
    return np.sum(x**2)


def prefix_sums_in_place(signal):
    for i in range(1, len(signal)):
        signal[i] += signal[i - 1]
    return np.sum(signal**2)


def blelloch_scan(signal):
    x = signal.copy()
    n = len(x)
    d = 1
    while d < n:
        for i in range(0, n, 2 * d):
            x[i + 2 * d - 1] += x[i + d - 1]
        d *= 2
    x[-1] = 0
    while d > 1:
        d //= 2
        for i in range(0, n, 2 * d):
            t = x[i + d - 1]
            x[i + d - 1] = x[i + 2 * d - 1]
            x[i + 2 * d - 1] += t
    return np.sum(x**2)


def summed_area(image):
    S = image.copy()
    for i in range(1, S.shape[0]):
        S[i] += S[i - 1]
    for j in range(1, S.shape[1]):
        S[:, j] += S[:, j - 1]
    return np.sum(S**2)


def soft_histogram(line, a):
    centers = np.linspace(0.0, 2.0, 5)
    hist = np.zeros(5)
    for v in line:
        w = np.exp(-a * (v - centers) ** 2)
        hist += w / w.sum()
    return np.sum(hist**2)


def linear_histogram(line):
    hist = np.zeros(6)
    for v in line:
        pos = v * 3.0
        k = int(pos)
        f = pos - k
        hist[k] += 1.0 - f
        hist[k + 1] += f
    return np.sum(hist**2)


def median_filter(image):  # corpus: first_order
    out = image.copy()
    for i in range(1, image.shape[0] - 1):
        for j in range(1, image.shape[1] - 1):
            window = image[i - 1 : i + 2, j - 1 : j + 2].flatten()
            window.sort()
            out[i, j] = window[4]
    return np.sum(out**2)


def median_filter_by_np(image):
    out = np.zeros_like(image)
    for i in range(1, image.shape[0] - 1):
        for j in range(1, image.shape[1] - 1):
            out[i, j] = np.median(image[i - 1 : i + 2, j - 1 : j + 2])
    return np.sum(out**2)


def bilateral(image, a):
    out = np.zeros_like(image)
    rows, cols = image.shape
    for i in range(rows):
        for j in range(cols):
            total, norm = 0.0, 0.0
            for k in range(max(0, i - 1), min(rows, i + 2)):
                for l in range(max(0, j - 1), min(cols, j + 2)):
                    w = np.exp(-((i - k) ** 2 + (j - l) ** 2) / 2.0 - a * (image[i, j] - image[k, l]) ** 2)
                    total += w * image[k, l]
                    norm += w
            out[i, j] = total / norm
    return np.sum(out**2)


def convolve_loops(image, kernel):
    m, n = image.shape
    out = np.zeros((m - 2, n - 2))
    for i in range(m - 2):
        for j in range(n - 2):
            out[i, j] = np.sum(image[i : i + 3, j : j + 3] * kernel)
    return np.sum(out**2)


def convolve_padded(image, kernel):
    padded = np.zeros((image.shape[0] + 2, image.shape[1] + 2))
    padded[1:-1, 1:-1] = image
    out = np.zeros_like(image)
    for di in range(3):
        for dj in range(3):
            out += kernel[di, dj] * padded[di : di + image.shape[0], dj : dj + image.shape[1]]
    return np.sum(out**2)


def convolve_four_loops(image, kernel):
    out = np.zeros((3, 2))
    for x in range(3):
        for y in range(2):
            for u in range(3):
                for v in range(3):
                    out[x][y] += image[x + u][y + v] * kernel[u][v]
    return out


def smooth_life(grid, a, steps):
    for _ in range(steps):
        total = np.zeros(grid.shape)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    total += np.roll(np.roll(grid, dx, axis=0), dy, axis=1)
        birth = 1.0 / (1.0 + np.exp(-a * (total - 4.0)))
        grid[:] = birth * (1.0 - grid) + (1.0 - birth) * grid
    return np.sum(grid**2)


def smooth_life_slices(grid, a, steps):
    Z = grid
    for _ in range(steps):
        N = (
            Z[0:-2, 0:-2] + Z[0:-2, 1:-1] + Z[0:-2, 2:] + Z[1:-1, 0:-2] + Z[1:-1, 2:] + Z[2:, 0:-2] + Z[2:, 1:-1] + Z[2:, 2:]
        )
        z = Z[1:-1, 1:-1]
        birth = np.tanh(a * (N - 4.0))
        z *= 0.5
        z += 0.3 * birth
    return np.sum(Z**2)


def reaction_diffusion(grid, source, a, steps):
    U, V = grid, source
    u, v = U[1:-1, 1:-1], V[1:-1, 1:-1]
    for _ in range(steps):
        Lu = U[0:-2, 1:-1] + U[1:-1, 0:-2] - 4 * U[1:-1, 1:-1] + U[1:-1, 2:] + U[2:, 1:-1]
        Lv = V[0:-2, 1:-1] + V[1:-1, 0:-2] - 4 * V[1:-1, 1:-1] + V[1:-1, 2:] + V[2:, 1:-1]
        uvv = u * v * v
        u += 0.1 * (0.2 * Lu - uvv + 0.06 * (1 - u))
        v += 0.1 * (0.1 * Lv + uvv - 0.1 * a * v)
    return np.sum(U**2) + np.sum(V**2)


def ising_energy(spins, a):
    n, m = spins.shape
    energy = 0.0
    for i in range(n):
        for j in range(m):
            s = spins[i, j]
            nb = spins[(i + 1) % n, j] + spins[i, (j + 1) % m] + spins[(i - 1) % n, j] + spins[i, (j - 1) % m]
            energy += -a * nb * s
    return energy / 4.0


def metropolis(spins, a, draws):
    n = spins.shape[0]
    for k in range(len(draws)):
        i, j = k % n, (2 * k) % n
        nb = spins[(i + 1) % n, j] + spins[i, (j + 1) % n] + spins[(i - 1) % n, j] + spins[i, (j - 1) % n]
        dE = 2.0 * a * spins[i, j] * nb
        if dE < 0 or draws[k] < np.exp(-dE):
            spins[i, j] *= -1
    return np.sum(spins * np.arange(16.0).reshape(4, 4)) + np.sum(spins**2)


def spectral_step(signal, a):  # corpus: beyond
    n = len(signal)
    k = 2j * np.pi * np.fft.fftfreq(n)
    u = signal
    for _ in range(2):
        u_hat = np.fft.fft(u)
        u_hat *= np.exp(k**2 * 0.1 * a)
        u = np.real(np.fft.ifft(u_hat))
    return np.sum(u**3)


def insertion_sort(signal):
    x = signal.copy()
    for i in range(1, len(x)):
        key = x[i]
        j = i - 1
        while j >= 0 and x[j] > key:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = key
    return np.sum(x * np.arange(8.0))


def bubble_sort(signal):
    n = len(signal)
    for i in range(n):
        for j in range(n - 1 - i):
            if signal[j] > signal[j + 1]:
                signal[j], signal[j + 1] = signal[j + 1], signal[j]
    return np.sum(signal * np.arange(n))


def horner_in_place(signal, a):
    p = signal.copy()
    for i in range(len(p) - 2, -1, -1):
        p[i] += a * p[i + 1]
    return p[0] + p[1] ** 2


def de_casteljau(first, a):
    beta = first.copy()
    t = 0.4 * a
    n = len(beta)
    for j in range(1, n):
        for k in range(n - j):
            beta[k] = beta[k] * (1 - t) + beta[k + 1] * t
    return beta[0]


def divided_differences(first, a):
    nodes = np.array([0.0, 1.0, 2.5, 4.0])
    coef = first.copy()
    for j in range(1, 4):
        coef[j:] = (coef[j:] - coef[j - 1 : -1]) / (nodes[j:] - nodes[:-j])
    value = coef[-1]
    for k in range(2, -1, -1):
        value = value * (a - nodes[k]) + coef[k]
    return value


# --- complex arrays that begin real ----------------------------------------------------------------------------------


def complex_written(signal):
    a = signal + 0j
    a[1] = a[0] * 2j
    return np.sum(np.abs(a) ** 2)


def complex_read_in_parts(signal):
    a = signal * (1.0 + 2.0j)
    b = a[0] * 2j * a[1]
    return np.sum(np.real(a) ** 2) + np.real(b * 1j)


def complex_adjoint_starts_real(signal):  # corpus: first_order
    a = signal * (1.0 + 2.0j)
    c = a * 1.0
    a[0] = a[1] * 3j
    return np.sum(np.real(a) ** 2) + np.sum(np.real(c * 1j))


def complex_filled(signal):
    a = np.full(3, signal[0] + 0j)
    a[1] = signal[1] * 1j * a[0]
    return np.sum(np.abs(a) ** 2)


def complex_in_a_list(signal):
    xs = [signal + 0j, signal * 1.0]
    xs[0][1] = xs[0][0] * 2j
    return np.sum(np.abs(xs[0]) ** 2)


def complex_magnitude(signal):
    a = np.concatenate([signal, signal * 1j])
    a[0] = a[3] + a[9] * 1j
    return np.abs(a) ** 2


def complex_entries(signal):
    a = np.array([signal[0], signal[1] * 1j])
    a[0] = a[1] * a[0]
    return np.sum(np.abs(a) ** 2)


# --- values read before a call writes --------------------------------------------------------------------------------


def _sine_first(y):
    y[0] = 2.0 * np.sin(y[0])


def read_before_call_writes(signal, steps):
    y = signal * 1.0
    s = 0.0
    for _ in range(steps):
        a = y[0]
        _sine_first(y)
        s += a * a * y[1]
    return s


def read_before_call_writes_view(signal, steps):
    y = signal * 1.0
    s = 0.0
    for _ in range(steps):
        a = y[1] * y[2]
        b = y[1:]
        _sine_first(b)
        s += a * a * y[1] + np.sin(a)
    return s


def added_into_alias(signal, steps):
    y = signal * 1.0
    z = y[1:]
    v = np.zeros(7)
    for i in range(steps):
        v = v + z * 0.2
        z += v
        v = v * y[1:]
        if i == 1:
            v = v + 1.0
            z *= v
        else:
            t = z * v
            y[:7] = t
    return np.sum(y * y) + np.sum(v)


def temporary_added_twice(signal, steps):
    y = signal * 1.0
    z = y
    s = 0.0
    v = y * 0.5
    for _ in range(steps):
        z += v
        z += v[::-1]
        s = s + np.sum(v * z)
        z *= v
    return s


# --- sizes -----------------------------------------------------------------------------------------------------------


def _halves(x):
    if len(x) == 1:
        return x[0] ** 2
    return _halves(x[::2]) * 1.1 + _halves(x[1::2])


def recursion_on_halves(signal):
    return _halves(signal)


def _shorter(x):
    if len(x) < 2:
        return np.sum(x**2)
    return _shorter(x[:-1]) * 0.5 + x[0] * x[-1]


def recursion_on_shorter(signal):
    return _shorter(signal)


def sizes_meet(signal):
    n = len(signal)
    y = np.zeros(n - 1)
    y[:] = signal[1:] * signal[:-1]
    z = np.zeros(n + 1)
    z[1:] = signal
    z[0] = y[0]
    one = signal[:1]
    total = np.sum(y * z[1:-1]) + np.sum(signal[:3] * y[-3:]) + np.sum(signal[::2] * z[1::2])
    return total + np.sum(signal * one) + np.sum(signal * signal[7:]) + np.sum(signal[:3] * signal[::8])


def sizes_of_a_trip(signal):
    prev, s = signal[:1], 0.0
    for j in range(3):
        cur = signal[2 - j : 3]
        s = s + np.sum(cur * prev)
        prev = signal[2 - j : 3 - j] if j < 1 else signal[j - 1 : j]
    return s


def bound_carried_over(signal):
    t, s = 1, 0.0
    for j in range(3):
        a = signal[:t]
        t = j % 2 + 1
        b = signal[:t]
        s = s + 2.0 * np.sum(a * b[:1]) + np.sum(a[:1] * b)
    return s


def part_carried_over(signal):
    s, y = 0.0, signal[:1]
    for j in range(1, 4):
        z = signal[:j]
        if j > 1:
            s = s + np.sum(z * y[:1])
        if j == 2:
            s = s + np.sum(signal[:1] * y)
        y = signal[:j]
    return s + np.sum(y * signal[:3])


def parts_in_a_list(signal):
    parts, s = [], 0.0
    for j in range(1, 4):
        parts.append(signal[:j])
    for j in range(1, 4):
        s = s + np.sum(parts[0] * signal[:j]) + np.sum(parts[j - 1] * signal[:j])
    return s


def bound_that_counts(signal):
    i, s = 0, 0.0
    while i < 4:
        a = signal[i:]
        i += 1
        b = signal[i:]
        s = s + np.sum(a[:1] * b) + np.sum(a[1:] * b)
    return s


def _part_times(a, i):
    b = a[i:]
    for j in range(len(b)):
        b = b * 1.1 + a[i : i + 1] * b[j : j + 1]
    return b


def parts_in_calls(signal):
    s = 0.0
    for i in range(4):
        c = signal[i:]
        d = _part_times(c, 1)
        e = _part_times(signal, i)
        s = s + np.sum(e * c) + np.sum(d * e[:1]) + np.sum(d * c[1:])
    return s


def part_grows(signal):
    acc = np.zeros(1)
    for j in range(1, 5):
        acc = acc[:1] * signal[:j] + np.sin(signal[:j])
    return np.sum(acc)


def part_written_through_views(signal):
    y = signal * 1.0
    z = y
    for j in range(4):
        w = z[j:]
        w += y[j : j + 1] * 0.3
        v = w[:1] * y[j:]
        z[j:] = v * w
    return np.sum(y**2)


def part_of_an_attempt(signal):
    s, m = 0.0, signal[:1]
    for j in range(1, 4):
        try:
            v = signal[:j]
            if j == 2:
                raise ValueError
            m = v * 1.0
        except ValueError:
            m = m * v[:1]
        s = s + np.sum(m * v[:1])
    return s


# --- parts that have a name ------------------------------------------------------------------------------------------


def rows_by_name(square):
    for i in range(4):
        row = square[i]
        for k in range(1, 4):
            row[k] = row[k] + 0.5 * row[k - 1] * square[i, 0]
        row *= 1.1
    return np.sum(square**2)


def rows_exchanged_by_name(square):
    b = square * 1.0
    for i in range(3):
        r, q = b[i], b[i + 1]
        t = r.copy()
        r[:] = q
        q[:] = t * r
    return np.sum(b**3)


def parts_that_overlap(square):
    b = square * 1.0
    u, v = b[1:], b[:-1]
    u += v
    v *= u
    u[...] = v
    return np.sum(b**2)


def row_whose_index_changes(square):
    b, j = square * 1.0, 0
    w = b[j]
    for _ in range(3):
        w *= 1.2
        j += 1
        w += b[j]
    return np.sum(b**2)


def row_of_another_owner(square):
    b = square * 1.0
    w = b[1]
    b = b * 2.0
    w += b[0]
    return np.sum(b * square) + np.sum(w)


def row_in_a_closure(square):
    b = square * 1.0
    w = b[1]

    def product(t):
        return np.sum(w * t)

    w *= 3.0
    s = product(b[0])
    w += b[2]
    return s + product(b[0])


def row_with_odd_indices(square):
    b = square * 1.0
    w = b[1]
    k = 2
    w[k] = w[0] * 2.0
    k = 0
    w[k] = w[2] * w[1]
    w[None, :] = w * 2.0
    w[..., 1] = b[0, 0]
    return np.sum(b**2)


def elements_of_rows(square):
    s = 0.0
    for i in range(4):
        for j in range(4):
            for k in range(4):
                s = s + square[i][k] * square[k][j] * square[i][j]
    return s


def added_back(square):
    b = square * 1.0
    for k in range(3):
        y = b.copy()
        b[1:] += y[:-1] * 0.2
        b[0] = y[0] * y[1]
        b[k] += b[k + 1] * b[0, 0]
        z = y * 1.0
        b += z[::-1] * 0.1
    return np.sum(b**2)
