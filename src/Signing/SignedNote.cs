using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Signing;

/// <summary>
/// Signed notes (C2SP signed-note) with an Ed25519 key: a text that ends with a newline, a blank line, and lines
/// <c>— name base64(key id, signature)</c>. Signatures of keys that are not known are passed over; a wrong one of a known key refuses the
/// note.
/// </summary>
public sealed class SignedNote : ILogSigner, IDisposable
{
    private const byte Ed25519Type = 1;

    private const int KeyIdBytes = 4,
        MostSignatures = 64,
        MostCharacters = 64 * 1024;

    private const string Dash = "\u2014 ";

    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    private readonly Key? _key;
    private readonly PublicKey _public;

    private SignedNote(string name, Key? key, PublicKey publicKey) => (Name, _key, _public) = (name, key, publicKey);

    public string Name { get; }

    public string Vkey => $"{Name}+{KeyId(Name, _public):x8}+{Convert.ToBase64String(KeyBytes(_public))}";

    /// <summary>A new key, as 32 secret bytes.</summary>
    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(Algorithm.PrivateKeySize);

    /// <summary>A signer and verifier from its secret.</summary>
    /// <param name="name">Name of the key: no blanks, no plus.</param>
    /// <param name="seed">32 secret bytes.</param>
    public static SignedNote FromSeed(string name, ReadOnlySpan<byte> seed)
    {
        if (!IsName(name))
            throw new ArgumentException($"'{name}' cannot name a key: expected no blanks and no plus.", nameof(name));
        var key = Key.Import(Algorithm, seed, KeyBlobFormat.RawPrivateKey);
        return new SignedNote(name, key, key.PublicKey);
    }

    /// <summary>A verifier from a public key, <c>name+hash+base64</c>; null when the text is none.</summary>
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
        BinaryPrimitives.WriteUInt32BigEndian(signature, KeyId(Name, _public));
        Algorithm.Sign(_key, Encoding.UTF8.GetBytes(text), signature.AsSpan(KeyIdBytes));
        return $"{text}\n{Dash}{Name} {Convert.ToBase64String(signature)}\n";
    }

    public string? Open(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (
            note.Length > MostCharacters
            || !note.EndsWith('\n')
            || note.Any(c => c != '\n' && char.IsControl(c))
            || note.LastIndexOf("\n\n", StringComparison.Ordinal) is not (>= 0 and var blank)
            || blank + 2 >= note.Length
        )
            return null;
        var text = note[..(blank + 1)];
        var lines = note[(blank + 2)..^1].Split('\n');
        if (lines.Length > MostSignatures)
            return null;
        var isSigned = false;
        foreach (var line in lines)
        {
            if (
                !line.StartsWith(Dash, StringComparison.Ordinal)
                || line[Dash.Length..].Split(' ') is not [var name, var encoded]
                || !IsName(name)
            )
                return null;
            var raw = new byte[encoded.Length];
            // One way of writing a signature: no bits that mean nothing.
            if (
                !Convert.TryFromBase64String(encoded, raw, out var length)
                || length <= KeyIdBytes
                || Convert.ToBase64String(raw, 0, length) != encoded
            )
                return null;
            if (name != Name || BinaryPrimitives.ReadUInt32BigEndian(raw) != KeyId(Name, _public))
                continue;
            if (
                length != KeyIdBytes + Algorithm.SignatureSize
                || !Algorithm.Verify(_public, Encoding.UTF8.GetBytes(text), raw.AsSpan(KeyIdBytes, Algorithm.SignatureSize))
            )
                return null;
            isSigned = true;
        }

        return isSigned ? text : null;
    }

    public void Dispose() => _key?.Dispose();

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 253 && !name.Any(c => char.IsWhiteSpace(c) || c == '+' || char.IsControl(c));

    private static byte[] KeyBytes(PublicKey key) => [Ed25519Type, .. key.Export(KeyBlobFormat.RawPublicKey)];

    private static uint KeyId(string name, PublicKey key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. KeyBytes(key)]));
}
