/** Datasets off the heap, their readers and makers, and the order of an epoch's rows. */
package org.panagrad.data;
