using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>
/// The mail addresses of staff, and about what each person wants mail. An address stands here and nowhere else. It is erased when its owner
/// says so and when the account is deactivated.
/// </summary>
public interface IMailChoices
{
    /// <summary>How often a code may be wrong before it is worth nothing.</summary>
    const int MaxCodeTries = 5;

    /// <summary>For how long a code confirms an address.</summary>
    static readonly TimeSpan CodeValidity = TimeSpan.FromDays(1);

    Task<MailChoice?> FindAsync(string staff, CancellationToken cancellationToken);

    /// <summary>Sets another address. Nothing is sent to it before its owner has confirmed it with the code.</summary>
    Task SetAddressAsync(
        string staff,
        string address,
        ImmutableArray<OccasionKind> kinds,
        byte[] codeSha256,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Changes about what a person wants mail.</summary>
    Task SetKindsAsync(string staff, ImmutableArray<OccasionKind> kinds, CancellationToken cancellationToken);

    /// <summary>Confirms an address. Returns false, and counts a try, when the code is wrong or too old.</summary>
    Task<bool> ConfirmAsync(string staff, byte[] codeSha256, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Erases the address of a person and what waits for it.</summary>
    Task EraseAsync(string staff, CancellationToken cancellationToken);

    /// <summary>Erases the address whose mails have this token. Does nothing for an unknown one.</summary>
    Task StopAsync(string token, CancellationToken cancellationToken);
}

/// <summary>A person's address.</summary>
public sealed record MailChoice(string Address, ImmutableArray<OccasionKind> Kinds, bool IsConfirmed);

/// <summary>Checks what a person entered as a mail address.</summary>
public static class MailAddress
{
    public const int MaxLength = 254;

    /// <summary>Returns a sentence about what is wrong; null for an address.</summary>
    public static string? Check(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('@');
        var isAddress =
            text.Length <= MaxLength
            && parts is [{ Length: > 0 and <= 64 } local, { Length: > 0 } host]
            && local.All(one => char.IsAsciiLetterOrDigit(one) || "!#$%&'*+-/=?^_`{|}~.".Contains(one, StringComparison.Ordinal))
            && host.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '.')
            && !text.Contains("..", StringComparison.Ordinal)
            && local[0] != '.'
            && local[^1] != '.'
            && char.IsAsciiLetterOrDigit(host[0])
            && char.IsAsciiLetterOrDigit(host[^1]);
        return isAddress ? null : "Enter a mail address, such as name@city.example.";
    }
}
