/** NumPy's files: NPY and NPZ. */
package org.panagrad.formats.npy;
