using CsCheck;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Web.Tests.Ledger;

/// <summary>Signed notes, by which the ledger's checkpoints are sealed (C2SP signed-note).</summary>
public sealed class SignedNoteTests
{
    private const string Text = "city.example/log\n5\nqqq=\n";

    [Fact]
    public void Is_opened_with_the_public_key_and_not_when_a_letter_was_changed()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        using var verifier = SignedNote.FromVkey(signer.Vkey)!;
        var note = signer.Sign(Text);
        Assert.Equal(Text, verifier.Open(note));
        for (var i = 0; i < note.Length; i++)
        {
            var changed = string.Concat(note.AsSpan(0, i), note[i] == 'A' ? "B" : "A", note.AsSpan(i + 1));
            Assert.NotEqual(Text, verifier.Open(changed) ?? "refused");
        }
    }

    [Fact]
    public void Is_refused_from_another_key_and_passes_over_signatures_of_keys_that_are_not_known()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        using var other = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        Assert.Null(other.Open(signer.Sign(Text)));
        var twice = signer.Sign(Text) + other.Sign(Text).Split("\n\n")[1];
        Assert.Equal(Text, signer.Open(twice));
        Assert.Equal(Text, other.Open(twice));
    }

    [Fact]
    public void Is_what_its_specification_gives_as_an_example_of_a_key()
    {
        // The example of C2SP signed-note.
        using var example = SignedNote.FromVkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        Assert.NotNull(example);
        const string Note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        Assert.Equal(
            Note,
            example.Open(
                Note
                    + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
            )
        );
    }

    [Fact]
    public void Never_fails_on_any_text()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        var note = signer.Sign(Text);
        Gen.Select(Gen.Int[0, note.Length - 1], Gen.String)
            .Sample(
                (at, text) =>
                {
                    Assert.NotEqual(Text, signer.Open(note[..at] + text) ?? "refused");
                    SignedNote.FromVkey(signer.Vkey[..Math.Min(at, signer.Vkey.Length)] + text)?.Dispose();
                },
                iter: 20_000
            );
    }
}
