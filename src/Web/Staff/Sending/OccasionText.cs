using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Web.Staff.Sending;

/// <summary>What staff pages say about occasions and deliveries.</summary>
public static class OccasionText
{
    /// <summary>The label of a choice.</summary>
    public static string Label(OccasionKind kind) =>
        kind switch
        {
            OccasionKind.ChangeSubmitted => "A change request waits for a second person",
            OccasionKind.ChangeApproved => "A change request was approved",
            OccasionKind.ChangeRejected => "A change request was rejected",
            OccasionKind.ChangeWithdrawn => "A change request that waited was withdrawn",
            OccasionKind.ChangeHandedOver => "A change request was handed over to a new author",
            OccasionKind.ReviewDue => "The review of an instrument is due",
            OccasionKind.ConfirmationAwaited => "A confirmation on the spot is awaited",
            OccasionKind.ListImported => "A list of devices was recorded",
            OccasionKind.ListImportUndone => "A list of devices was undone",
            OccasionKind.InventoryChanged => "A place, a screen or a fleet was changed",
            OccasionKind.Test => "Test",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Why an attempt did not succeed, and what to do. The words are those of <see cref="DeliveryResult"/>.</summary>
    public static string Explain(string word) =>
        word switch
        {
            "delivered" => "delivered",
            "timeout" => "The receiver did not answer in time.",
            "unreachable" => "No connection could be made.",
            "name-not-found" => "The name of the receiver is not known.",
            "tls" => "The encrypted connection could not be made: the certificate is not valid for this name.",
            "address-not-allowed" => "The name leads to a network that is not allowed. See REGISTRY_WEBHOOKS__NETWORKS.",
            "secret-lost" => "The keys of this registry do not open the secret. End the webhook and add it again.",
            "too-old" => "It waited for more than four days.",
            "mailbox-refused" => "The mail server refuses this address.",
            "refused" => "The mail server refused the mail.",
            "sign-in-refused" => "The mail server refuses the registry's own user and password.",
            "mail-not-set-up" => "Mail is not set up in this registry.",
            _ when word.StartsWith("http-", StringComparison.Ordinal) => $"The receiver answered with status {word["http-".Length..]}.",
            _ => word,
        };
}
