/*
 * Apple NVMe Storage: the SoCs it is in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/ans.h"
#include "qapi/error.h"

static const AppleAnsVariant ans_variants[] = {
    {
        .name = "t8015",
        .compatible = { "apple,t8015-nvme-ans2" },
        .num_compatible = 1,
        .mailbox_type = TYPE_APPLE_T8015_ASC_MAILBOX,
        .max_entries = 16,
        .iosqe_bits = 7,
        .sart_version = 0,
        .pcie_domains = 1,
    }, {
        .name = "t8103",
        .compatible = { "apple,t8103-nvme-ans2", "apple,nvme-ans2" },
        .num_compatible = 2,
        .mailbox_type = TYPE_APPLE_ASC_MAILBOX_V4,
        .linear = true,
        .max_entries = 64,
        .iosqe_bits = 6,
        .sart_version = 2,
        .pcie_domains = 1,
    }, {
        .name = "t6000",
        .compatible = { "apple,t6000-nvme-ans2", "apple,nvme-ans2" },
        .num_compatible = 2,
        .mailbox_type = TYPE_APPLE_ASC_MAILBOX_V4,
        .linear = true,
        .max_entries = 64,
        .iosqe_bits = 6,
        .sart_version = 3,
        .pcie_domains = 2,
    },
};

const AppleAnsVariant *apple_ans_find_variant(const char *name, Error **errp)
{
    ERRP_GUARD();

    for (int i = 0; i < ARRAY_SIZE(ans_variants); i++) {
        if (!strcmp(ans_variants[i].name, name)) {
            return &ans_variants[i];
        }
    }
    error_setg(errp, "there is no ANS variant '%s'", name);
    error_append_hint(errp, "Valid values are:");
    for (int i = 0; i < ARRAY_SIZE(ans_variants); i++) {
        error_append_hint(errp, " %s", ans_variants[i].name);
    }
    error_append_hint(errp, ".\n");
    return NULL;
}
