/** Model files and interchange formats: safetensors, and the JSON in its header. */
package org.panagrad.io;
