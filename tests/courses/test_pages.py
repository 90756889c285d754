def test_a_visitor_reads_a_lesson(client, module):
    response = client.get("/fr/modules/module-m99/lecon-1/")

    assert response.status_code == 200
    assert "Texte de la leçon." in response.content.decode()
