/** Memory by address. Of the module's packages the one that only the engine may use. */
package org.panagrad.openblas.memory;
