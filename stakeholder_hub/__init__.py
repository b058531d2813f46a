"""Stakeholder Hub: consultations, decisions and shared action items across towns, levels, sectors and languages."""
