/** Folders of pictures. */
package org.panagrad.formats.image;
