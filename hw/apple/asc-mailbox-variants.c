/*
 * Apple ASC mailbox: its variants
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/asc-mailbox.h"

typedef struct AscMailboxVariant {
    AscMailboxLayout layout;
    const char *compatible[2];
    const char *desc;
} AscMailboxVariant;

static const AscMailboxVariant asc_mailbox_v4 = {
    .layout = {
        .control = { [ASC_MAILBOX_A2I] = 0x110, [ASC_MAILBOX_I2A] = 0x114 },
        .data = { [ASC_MAILBOX_A2I] = 0x800, [ASC_MAILBOX_I2A] = 0x820 },
    },
    .compatible = { "apple,t8103-asc-mailbox", "apple,asc-mailbox-v4" },
    .desc = "Apple ASC mailbox of the M1 and later",
};

static const AscMailboxVariant asc_mailbox_t8015 = {
    .layout = {
        .control = { [ASC_MAILBOX_A2I] = 0x108, [ASC_MAILBOX_I2A] = 0x10c },
        .data = { [ASC_MAILBOX_A2I] = 0x800, [ASC_MAILBOX_I2A] = 0x820 },
    },
    .compatible = { "apple,t8015-asc-mailbox" },
    .desc = "Apple ASC mailbox of the A11 and T2",
};

static const AscMailboxVariant m3_mailbox_v2 = {
    .layout = {
        .control = { [ASC_MAILBOX_A2I] = 0x50, [ASC_MAILBOX_I2A] = 0x80 },
        .data = { [ASC_MAILBOX_A2I] = 0x60, [ASC_MAILBOX_I2A] = 0x90 },
        .irq_enable = 0x48,
        .irq_ack = 0x4c,
    },
    .compatible = { "apple,t8103-m3-mailbox", "apple,m3-mailbox-v2" },
    .desc = "Apple mailbox of co-processors with a Cortex-M3",
};

static void asc_mailbox_variant_class_init(ObjectClass *oc, void *data)
{
    const AscMailboxVariant *variant = data;
    AscMailboxClass *amc = APPLE_ASC_MAILBOX_CLASS(oc);

    DEVICE_CLASS(oc)->desc = variant->desc;
    amc->layout = &variant->layout;
    amc->compatible[0] = variant->compatible[0];
    amc->compatible[1] = variant->compatible[1];
}

static const TypeInfo asc_mailbox_variants[] = {
    {
        .name = TYPE_APPLE_ASC_MAILBOX_V4,
        .parent = TYPE_APPLE_ASC_MAILBOX,
        .class_init = asc_mailbox_variant_class_init,
        .class_data = (void *)&asc_mailbox_v4,
    }, {
        .name = TYPE_APPLE_T8015_ASC_MAILBOX,
        .parent = TYPE_APPLE_ASC_MAILBOX,
        .class_init = asc_mailbox_variant_class_init,
        .class_data = (void *)&asc_mailbox_t8015,
    }, {
        .name = TYPE_APPLE_M3_MAILBOX_V2,
        .parent = TYPE_APPLE_ASC_MAILBOX,
        .class_init = asc_mailbox_variant_class_init,
        .class_data = (void *)&m3_mailbox_v2,
    },
};

DEFINE_TYPES(asc_mailbox_variants)
