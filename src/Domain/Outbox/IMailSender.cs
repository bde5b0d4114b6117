namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>Sends mail by the city's mail server.</summary>
public interface IMailSender
{
    /// <summary>Whether a mail server is set. Without it nothing is sent.</summary>
    bool IsSetUp { get; }

    /// <summary>Sends a mail, within a bounded time. It never throws for what a server does.</summary>
    Task<DeliveryResult> SendAsync(MailText mail, CancellationToken cancellationToken);
}

/// <summary>A mail in plain text.</summary>
/// <param name="Message">The id of the message, without the part that names this registry.</param>
/// <param name="StopToken">What the link that ends all mail has; null for a mail that a person asked for a moment ago.</param>
public sealed record MailText(string Message, string Address, string Subject, string Text, string? StopToken);
