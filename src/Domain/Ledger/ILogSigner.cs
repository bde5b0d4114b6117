namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// Signs texts as notes (C2SP signed-note), so that any person with the public key can verify that the registry signed them.
/// </summary>
public interface ILogSigner
{
    /// <summary>Name of the key; the origin of the log.</summary>
    string Name { get; }

    /// <summary>The public key as verifiers take it: <c>name+hash+base64</c>.</summary>
    string Vkey { get; }

    /// <summary>Signs a text. Returns the note: the text, a blank line, and the signature.</summary>
    /// <param name="text">Ends with a newline.</param>
    string Sign(string text);

    /// <summary>Verifies a note. Returns its text; null when this key did not sign it.</summary>
    string? Open(string note);
}
