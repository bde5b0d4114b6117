namespace SurveillanceRegistry.Delivery.Mail;

/// <summary>How the connection to the mail server is encrypted.</summary>
public enum MailEncryption
{
    /// <summary>By STARTTLS, and not at all without it.</summary>
    StartTls,

    /// <summary>From the first byte (RFC 8314).</summary>
    Implicit,

    /// <summary>Not at all: for a server on this machine only.</summary>
    None,
}

/// <summary>The city's mail server.</summary>
/// <param name="From">The address that mails come from.</param>
/// <param name="User">The name to sign in with; null if the server asks for none.</param>
/// <param name="AuthorityFile">A certificate (PEM) of the city's own authority; null for those that the machine trusts.</param>
public sealed record MailSettings(
    string Host,
    int Port,
    MailEncryption Encryption,
    string From,
    string? User,
    string? Password,
    string? AuthorityFile
);
