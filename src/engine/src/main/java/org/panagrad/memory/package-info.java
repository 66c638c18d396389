/** Native memory: aligned slabs, one account per owner, one for the process, and the report. */
package org.panagrad.memory;
