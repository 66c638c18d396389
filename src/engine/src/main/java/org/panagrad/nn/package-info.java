/**
 * Layers, losses and initialisers by name: they build a graph when a network is described, and are
 * gone at run time.
 */
package org.panagrad.nn;
