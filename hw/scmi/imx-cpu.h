/*
 * SCMI vendor protocol of NXP i.MX: the processors of logical machines
 *
 * What LMM, whose machines they are part of, does to processors. Called with
 * the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_IMX_CPU_H
#define HW_SCMI_IMX_CPU_H

#include "protocol.h"

/**
 * scmi_imx_cpus_follow: have the processors of a machine do as it does
 * @lm: its number
 * @state: the state that it enters
 *
 * They start where their reset vectors are, stop, sleep, or are held in reset
 * while the machine is powered and not booted.
 */
void scmi_imx_cpus_follow(const ScmiPlatform *platform, uint32_t lm,
                          ScmiImxLmState state);

/**
 * scmi_imx_cpu_set_reset_vector: where a processor of machine @lm starts
 * @cpu: its number, as CPU counts them
 *
 * Returns NOT_FOUND if the machine has no such processor.
 */
ScmiStatus scmi_imx_cpu_set_reset_vector(const ScmiPlatform *platform,
                                         uint32_t lm, uint32_t cpu,
                                         uint64_t vector);

#endif
