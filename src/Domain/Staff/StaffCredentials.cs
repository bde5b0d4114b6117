namespace SurveillanceRegistry.Domain.Staff;

/// <summary>How a password came to an account.</summary>
public enum PasswordKind
{
    /// <summary>An administrator handed it out. It opens nothing but the page where its owner chooses another one, and it ends.</summary>
    First,

    /// <summary>Its owner chose it.</summary>
    Own,

    /// <summary>A password of the sample city. The next start replaces it.</summary>
    Sample,
}

/// <summary>A password as it is stored.</summary>
/// <param name="ValidUntil">When it ends; null for a password that its owner chose (ASVS 5.0, 6.2.10).</param>
public sealed record StoredPassword(string Hash, PasswordKind Kind, DateTimeOffset? ValidUntil)
{
    /// <summary>How long a first password holds (ASVS 5.0, 6.4.1).</summary>
    public static readonly TimeSpan FirstPasswordValidity = TimeSpan.FromDays(3);

    /// <summary>A password that its owner must change at the first sign-in.</summary>
    public static StoredPassword First(string hash, DateTimeOffset at) => new(hash, PasswordKind.First, at + FirstPasswordValidity);

    /// <summary>A password that its owner chose.</summary>
    public static StoredPassword Own(string hash) => new(hash, PasswordKind.Own, null);

    public bool IsValidAt(DateTimeOffset at) => ValidUntil is not { } until || at < until;
}

/// <summary>What a person must do before an account opens anything else.</summary>
public enum AccountStep
{
    /// <summary>Choose a password in place of the one that was handed out.</summary>
    ChangePassword,

    /// <summary>Add a second factor (ASVS 5.0, 6.3.3).</summary>
    AddSecondFactor,

    /// <summary>Nothing.</summary>
    Complete,
}

/// <summary>What a person signs in with here. A person who signs in by the city's identity provider only has neither.</summary>
/// <param name="SecondFactorSeed">The seed of the one-time codes, encrypted; null when the account has no second factor.</param>
/// <param name="RecoveryCodesLeft">How many recovery codes were not used yet.</param>
public sealed record StaffCredentials(StoredPassword? Password, string? SecondFactorSeed, int RecoveryCodesLeft)
{
    public bool HasSecondFactor => SecondFactorSeed is not null;

    /// <summary>The next step of a person who signed in with the password.</summary>
    public AccountStep NextStep =>
        Password?.Kind switch
        {
            PasswordKind.First => AccountStep.ChangePassword,
            PasswordKind.Own when !HasSecondFactor => AccountStep.AddSecondFactor,
            PasswordKind.Own or PasswordKind.Sample or null => AccountStep.Complete,
            _ => AccountStep.ChangePassword,
        };
}
