using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Signing;

/// <summary>
/// Signed notes (C2SP signed-note) with an Ed25519 key: a text that ends with a newline, a blank line, and lines
/// <c>— name base64(key id, signature)</c>. A signature of an unknown key is ignored. A wrong signature of the known key invalidates the
/// note.
/// </summary>
public sealed class SignedNote : ILogSigner, IDisposable
{
    private const byte Ed25519Type = 1;
    private const int KeyIdBytes = 4;
    private const int MaxSignatures = 64;
    private const int MaxCharacters = 64 * 1024;
    private const string Dash = "\u2014 ";

    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    private readonly Key? _key;
    private readonly PublicKey _publicKey;

    private SignedNote(string name, Key? key, PublicKey publicKey)
    {
        Name = name;
        _key = key;
        _publicKey = publicKey;
    }

    public string Name { get; }

    public string Vkey => $"{Name}+{KeyId(Name, _publicKey):x8}+{Convert.ToBase64String(KeyBytes(_publicKey))}";

    /// <summary>Creates a new key, as 32 secret bytes.</summary>
    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(Algorithm.PrivateKeySize);

    /// <summary>Creates a signer and verifier from a secret.</summary>
    /// <param name="name">The name of the key, without blanks and plus.</param>
    /// <param name="seed">32 secret bytes.</param>
    public static SignedNote FromSeed(string name, ReadOnlySpan<byte> seed)
    {
        if (!IsName(name))
            throw new ArgumentException($"'{name}' cannot name a key: expected no blanks and no plus.", nameof(name));
        var key = Key.Import(Algorithm, seed, KeyBlobFormat.RawPrivateKey);
        return new SignedNote(name, key, key.PublicKey);
    }

    /// <summary>Creates a verifier from a public key, <c>name+hash+base64</c>; null if the text is not one.</summary>
    public static SignedNote? FromVkey(string vkey)
    {
        ArgumentNullException.ThrowIfNull(vkey);
        var parts = vkey.Trim().Split('+', 3);
        var raw = new byte[1 + Algorithm.PublicKeySize];
        if (
            parts.Length != 3
            || !IsName(parts[0])
            || !Convert.TryFromBase64String(parts[2], raw, out var length)
            || length != raw.Length
            || raw[0] != Ed25519Type
            || !PublicKey.TryImport(Algorithm, raw.AsSpan(1), KeyBlobFormat.RawPublicKey, out var key)
            || key is null
        )
        {
            return null;
        }

        var note = new SignedNote(parts[0], null, key);
        return note.Vkey == vkey.Trim() ? note : null;
    }

    public string Sign(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_key is null)
            throw new InvalidOperationException("A public key signs nothing.");
        if (!text.EndsWith('\n') || text.Any(c => c != '\n' && char.IsControl(c)))
            throw new ArgumentException("The text of a note ends with a newline and holds no other control character.", nameof(text));
        var signature = new byte[KeyIdBytes + Algorithm.SignatureSize];
        BinaryPrimitives.WriteUInt32BigEndian(signature, KeyId(Name, _publicKey));
        Algorithm.Sign(_key, Encoding.UTF8.GetBytes(text), signature.AsSpan(KeyIdBytes));
        return $"{text}\n{Dash}{Name} {Convert.ToBase64String(signature)}\n";
    }

    public string? Open(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (
            note.Length > MaxCharacters
            || !note.EndsWith('\n')
            || note.Any(c => c != '\n' && char.IsControl(c))
            || note.LastIndexOf("\n\n", StringComparison.Ordinal) is not (>= 0 and var blank)
            || blank + 2 >= note.Length
        )
            return null;
        var text = note[..(blank + 1)];
        var lines = note[(blank + 2)..^1].Split('\n');
        if (lines.Length > MaxSignatures)
            return null;
        var isSigned = false;
        foreach (var line in lines)
        {
            if (VerifyLine(line, text) is not { } isOwn)
                return null;
            isSigned |= isOwn;
        }

        return isSigned ? text : null;
    }

    public void Dispose() => _key?.Dispose();

    /// <summary>Returns true for a valid signature of this key, false for a signature of another key, null for an invalid line.</summary>
    private bool? VerifyLine(string line, string text)
    {
        if (
            !line.StartsWith(Dash, StringComparison.Ordinal)
            || line[Dash.Length..].Split(' ') is not [var name, var encoded]
            || !IsName(name)
        )
            return null;
        var raw = new byte[encoded.Length];
        // Only the canonical base64 text is valid, so that a signature has one form.
        if (
            !Convert.TryFromBase64String(encoded, raw, out var length)
            || length <= KeyIdBytes
            || Convert.ToBase64String(raw, 0, length) != encoded
        )
            return null;
        if (name != Name || BinaryPrimitives.ReadUInt32BigEndian(raw) != KeyId(Name, _publicKey))
            return false;
        var isValid =
            length == KeyIdBytes + Algorithm.SignatureSize
            && Algorithm.Verify(_publicKey, Encoding.UTF8.GetBytes(text), raw.AsSpan(KeyIdBytes, Algorithm.SignatureSize));
        return isValid ? true : null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 253 && !name.Any(c => char.IsWhiteSpace(c) || c == '+' || char.IsControl(c));

    private static byte[] KeyBytes(PublicKey key) => [Ed25519Type, .. key.Export(KeyBlobFormat.RawPublicKey)];

    private static uint KeyId(string name, PublicKey key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. KeyBytes(key)]));
}
